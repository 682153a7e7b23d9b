// Package rules holds the tree to the architecture: who may import whom, and
// what the code may not grow into. The rules are tests; there is no other code.
package rules
