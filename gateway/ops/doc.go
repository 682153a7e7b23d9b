// Package ops looks at a whole Parley for its operators: who runs, what waits,
// what is wrong and since when.
package ops
