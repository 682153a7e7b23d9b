package llm

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// aside is a mark of thoughts in the middle of a sentence, with what follows. Most likely
// the model writes about the mark ("put <think> around it"): if no thoughts end there, or
// only a word stands between the two marks, it is text. If it is not in a sentence, and the
// thoughts never end, what follows stays hidden, and the answer counts as cut off.
type aside struct {
	text strings.Builder // from the mark on
	mark int             // its length
}

// ponder begins thoughts at the mark of that length at the beginning of s.in, up to the
// words until; "": up to any mark of their end.
func (s *screen) ponder(n int, until string) {
	s.mode, s.depth, s.until, s.aside = thinking, 1, until, nil
	if until != "" {
		s.depth = 0 // it ends with that tag
	}
	before := strings.TrimRight(s.line, " \t")
	last, _ := utf8.DecodeLastRuneInString(before)
	if s.any && before != s.line && (unicode.IsLetter(last) || unicode.IsDigit(last) || strings.ContainsRune(",;(\"'“", last)) {
		s.aside = &aside{mark: n}
		s.aside.text.WriteString(s.in[:n])
	}
}

// mentions reports whether the text after the mark, up to the end of the answer or of what
// may be thoughts, goes on with the sentence that the mark is in.
func (a *aside) mentions(ended bool) bool {
	after := a.text.String()[a.mark:]
	if ended {
		return joined.MatchString(after)
	}
	return goesOn.MatchString(after)
}

var (
	joined = regexp.MustCompile(`^ (?:\p{Ll}{1,6}|…|\.\.\.|&|\+|/|-|–) $`)
	goesOn = regexp.MustCompile(`^(?:\s*$|[.,;:)!?"'”]|[ \t]+(?:\p{Ll}|[.,;:)!?&+/–-]))`)
)

// reword takes what was held back as an aside for text, with the mark that ends it.
func (s *screen) reword(end string) {
	text := s.aside.text.String() + end
	s.aside, s.mode, s.depth, s.until = nil, reading, 0, ""
	s.rest.Reset()
	s.keep(text)
}

// readComment decides about a comment of HTML. Readers of a page don't see it, and models
// hide thoughts in it; within a sentence it is something that the sentence is about. 0: it
// is none.
func (s *screen) readComment(force bool) int {
	const begin, end = "<!--", "-->"
	if !couldBegin([]string{begin}, s.in) {
		return 0
	}
	i := -1
	if len(s.in) >= len(begin) {
		i = strings.Index(s.in[len(begin):], end)
	}
	switch {
	case i < 0 && !force && len(s.in) < 2*maxTag:
		return wait
	case i < 0 && len(s.in) < len(begin):
		return 0
	case i < 0 && (strings.TrimSpace(s.line) == "" || pensive.MatchString(s.in[len(begin):])):
		s.mode, s.depth, s.until = thinking, 0, end
		return len(begin)
	case i < 0:
		return 0
	}
	n := len(begin) + i + len(end)
	if strings.TrimSpace(s.line) == "" || pensive.MatchString(s.in[len(begin):n]) {
		s.think(s.in[:n])
		return n
	}
	return s.keep(s.in[:n])
}

var pensive = regexp.MustCompile(`(?i)^\s*(think|thought|reason|internal|plan|analy|hidden|scratch|the (user|visitor|customer)|i (need|should|must|have)|okay|let('s| me)|we (need|should))`)

// readDetails decides about a block that readers unfold, if its summary says that thoughts
// are in it. 0: it is none.
func (s *screen) readDetails(force bool) int {
	m := foldedThoughts.FindStringIndex(s.in)
	if m != nil {
		s.mode, s.depth, s.until = thinking, 0, "</details>"
		return m[1]
	}
	if couldBegin([]string{"<details"}, s.in) && !force && len(s.in) < maxTag+200 && !unfolded.MatchString(s.in) {
		return wait
	}
	return 0
}

var (
	foldedThoughts = regexp.MustCompile(`(?is)^<details(?:\s[^>]*)?>\s*<summary[^>]*>[^\n]{0,80}?(think|thought|reason|reflect|思考|推理)[^\n]{0,80}?</summary>`)
	unfolded       = regexp.MustCompile(`(?is)^<details(?:[^\s>]|\s[^>]*reasoning[^>]*>|[^>]*>\s*(?:<summary[^>]*>.*?</summary>|[^<\s]|<[^s]))`)
)
