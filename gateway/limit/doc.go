// Package limit decides who is let in at the door: whose address a request comes
// from, how often it may come, and from which pages.
package limit
