// Package identity decides who a visitor is: which names are names, whose chat
// a name opens, and what proves it.
package identity
