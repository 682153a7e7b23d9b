// Package mutant builds Parley with one of its mechanisms removed. A harness that
// has seen nothing go wrong has shown something only where it is known to see it:
// each of these builds breaks a promise that the harness must find broken.
//
// Nothing in the tree is touched: the changed files are written elsewhere, and
// go build is told to read them in place of the true ones.
package mutant
