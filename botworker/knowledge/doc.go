// Package knowledge finds the passage that answers a question in a folder of
// Markdown. SQLite's FTS5 tokenises, stems and ranks in memory; how sure the bot
// may be of what it found is decided here, in pure code.
package knowledge
