// Package knowledge finds the passage that answers a question in a folder of Markdown.
// SQLite's FTS5 tokenizes, stems and ranks in memory; the confidence in a passage is
// computed here, in pure code.
package knowledge
