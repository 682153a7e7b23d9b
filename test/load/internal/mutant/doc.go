// Package mutant builds Parley with one of its mechanisms removed. A harness that finds
// no fault proves something only if it is known to find faults: each of these builds
// breaks a promise, and the harness must report it.
//
// The tree itself does not change: the changed files are written elsewhere, and go build
// reads them instead of the real ones.
package mutant
