// Package chat is the domain: what a chat is, what may be said in it, and how
// it moves from the bot to a person and back. It is pure (standard library
// only, no I/O, no clock), so every writer in every process decides alike.
package chat
