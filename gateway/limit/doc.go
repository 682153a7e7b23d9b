// Package limit has the tools of admission: which address a request comes from, how
// often and how many at once it may come, and from which pages.
package limit
