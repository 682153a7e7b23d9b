// Package knowledge finds the passage that answers a question in a folder of pages. The
// words of the pages, in whatever language, are in an index in memory; the ranking and the
// confidence in a passage are computed in pure code.
package knowledge
