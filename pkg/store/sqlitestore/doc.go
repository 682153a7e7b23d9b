// Package sqlitestore keeps the history in one SQLite file, for a program that
// runs alone on its machine. It needs no cgo. Several processes may open the
// file at once; they wait for each other's writes.
package sqlitestore
