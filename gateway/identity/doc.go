// Package identity decides who a visitor is: which names are valid, whose chat a
// name opens, and what proves it.
package identity
