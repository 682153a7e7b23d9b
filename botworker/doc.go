// Package botworker answers visitors: a message in, one reply out. Any number of
// replicas may run, and any may die at any moment: the stream, not a worker, decides
// which reply counts.
package botworker
