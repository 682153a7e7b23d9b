package knowledge

import "strings"

// blockKind says how a block may be split.
type blockKind int

const (
	paragraph blockKind = iota
	heading
	sectionEnd // what follows belongs to the section above the last one
	lead       // a line that names what follows, and stays with it
	listItem
	codeBlock
	table
	quote
)

// block is a piece of a page that a reader sees as one unit.
type block struct {
	kind  blockKind
	level int    // of a heading
	name  string // of a heading: its text without marks
	text  string // Markdown
	loose bool   // an empty line separates this list item from the one before
	tight bool   // no empty line separates this list from the text of the item that it is in
	intro string // what a piece repeats if it does not follow it: titles, the line that announces a list

	parts []block // of a list item and a quote
	mark  string  // of a list item

	lines []string   // of a table: its head
	names []string   // of a table: its columns
	rows  [][]string // of a table: its cells

	links, all int // characters of links within the site, and all
}

// navigates reports whether a block is a table of contents, or a row of "previous" and
// "next". It names answers without containing any.
func (b block) navigates() bool {
	return b.kind != codeBlock && b.kind != lead && (b.all == 0 || b.links*10 >= b.all*7)
}

// announces reports whether a block names what follows.
func (b block) announces() bool {
	if b.kind == lead {
		return true
	}
	text := strings.TrimRight(b.text, "*_ ")
	return b.kind == paragraph && (strings.HasSuffix(text, ":") || strings.HasSuffix(text, "："))
}

// fenceFor returns a fence that does not occur in the code.
func fenceFor(code string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence
}
