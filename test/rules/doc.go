// Package rules holds the repository to the architecture: what may import what, and what
// the code may not grow into. The rules are tests; there is no other code.
package rules
