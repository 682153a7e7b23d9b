package chat

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The pages clean in the same way: web/shared/clean.js has the same three patterns, and
// testdata/clean.json is the table that both are tested with.
var (
	// escapes are what a program writes to make a terminal act: colors and movements
	// (CSI), titles and links (OSC), other strings up to their end, character sets, and
	// the few of two characters that programs use. Whatever else follows an escape
	// character may be a word, and stays.
	escapes = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*(?:[@-~]|$)|\x{9b}[0-?]+[ -/]*[@-~]` +
		`|(?:\x1b\]|\x{9d}[0-9]+;)[^\x07\x1b\x{9c}\x{9d}\n]*(?:\x07|\x1b\\|\x{9c})` +
		`|\x1b[PX^_][^\x1b\x{9c}\n]*(?:\x1b\\|\x{9c})|\x1b[ -/]+[0-~]|\x1b[78=>]`)
	lineBreaks = regexp.MustCompile(`\r\n?|[\v\f\x{85}\x{2028}\x{2029}]`)
	// unseen is what nobody sees: control characters, the soft hyphen, the byte order
	// mark, anchors of annotations and of objects, noncharacters, and tags, except
	// where they make the flag of a region, such as Scotland's.
	unseen = regexp.MustCompile(`(\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{2,6}\x{E007F})` +
		`|[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{ad}\x{feff}\x{fff9}-\x{fffc}\x{fdd0}-\x{fdef}\x{E0000}-\x{E007F}]` +
		`|[\x{fffe}\x{ffff}\x{1fffe}\x{1ffff}\x{2fffe}\x{2ffff}\x{3fffe}\x{3ffff}\x{4fffe}\x{4ffff}\x{5fffe}\x{5ffff}\x{6fffe}\x{6ffff}\x{7fffe}\x{7ffff}` +
		`\x{8fffe}\x{8ffff}\x{9fffe}\x{9ffff}\x{afffe}\x{affff}\x{bfffe}\x{bffff}\x{cfffe}\x{cffff}\x{dfffe}\x{dffff}\x{efffe}\x{effff}\x{ffffe}\x{fffff}\x{10fffe}\x{10ffff}]`)
)

// Clean takes out of a text what comes along unseen when it is pasted from a word
// processor, a PDF or a terminal: every kind of line break becomes a line feed, and
// escape sequences and invisible characters without a use are dropped. What a reader
// sees stays as it was, and so do joiners, variation selectors, direction marks and
// no-break spaces, which scripts and emoji need. Clean of a clean text is that text, and
// allocates nothing. The text is valid UTF-8.
func Clean(s string) string {
	if !mayBeDirty(s) {
		return s
	}
	s = escapes.ReplaceAllString(s, "")
	s = lineBreaks.ReplaceAllString(s, "\n")
	return unseen.ReplaceAllString(s, "$1")
}

// CleanPart cleans the beginning of a text that arrives in pieces. What may still turn out
// to be part of an escape sequence, of a line break or of a flag is returned as rest, to be
// put before the next piece; it is never longer than maxRest bytes. Cleaned piece by piece,
// with Clean for the last rest, a text becomes what Clean makes of the whole, but for
// sequences that are longer.
func CleanPart(s string) (clean, rest string) {
	if at := unfinished.FindStringIndex(s[max(0, len(s)-maxRest):]); at != nil {
		n := max(0, len(s)-maxRest) + at[0]
		s, rest = s[:n], s[n:]
	}
	if strings.Contains(s, "\x1b") {
		s += "\x00" // it is not the text's end, where half a sequence would be dropped
	}
	return Clean(s), rest
}

// maxRest is how long an escape sequence may be to be recognized in pieces, in bytes.
const maxRest = 512

// unfinished is the end of a piece on whose continuation it depends what Clean drops.
var unfinished = regexp.MustCompile(`(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b\x{9c}\x{9d}\n]*\x1b?|[PX^_][^\x1b\x{9c}\n]*\x1b?|[ -/]*)` +
	`|\x{9b}[0-?]*[ -/]*|\x{9d}[^\x07\x1b\x{9c}\x{9d}\n]*\x1b?|\r|\x{1F3F4}[\x{E0030}-\x{E0039}\x{E0061}-\x{E007A}]{0,6})$`)

// mayBeDirty reports whether the text has a character that is dirty.
func mayBeDirty(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; ' ' <= c && c < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if dirty(r) {
			return true
		}
		i += size
	}
	return false
}

// dirty reports whether Clean may change a text because of the character.
func dirty(r rune) bool {
	switch {
	case r < ' ':
		return r != '\n' && r != '\t'
	case r < 0x7f:
		return false
	case r <= 0x9f, r == 0xad, r == 0x2028, r == 0x2029, r == 0xfeff, r&0xfffe == 0xfffe:
		return true
	}
	return r >= 0xfdd0 && r <= 0xfdef || r >= 0xfff9 && r <= 0xfffc || r >= 0xe0000 && r <= 0xe007f
}
