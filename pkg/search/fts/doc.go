// Package fts is a search.Index in one SQLite file, with SQLite's full-text search. Other
// projections of the same events can be kept in the same file and the same transactions.
//
// The words are cut by pkg/search and not by SQLite, so that the index, the marks in its hits and
// the texts of scripts without spaces agree. The full-text table has no copy of the texts; those are
// in docs, masked. Identifiers of documents rise with the time of their events, so that the newest
// hits come first without being sorted, however many there are.
package fts
