package answer

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// maxCuts bounds how many passages, twice, are kept taken apart. Each takes about twice its
// text.
const maxCuts = 1000

// cuts are the passages that were quoted lately.
var cuts passages

// passages keeps passages taken apart, since the same ones are quoted again and again. Once
// it is full, it forgets those that were not asked for since it was full before. Its methods
// may be called concurrently, and the zero value is ready.
type passages struct {
	mu          sync.Mutex
	fresh, aged map[string][]piece
}

// of returns the pieces of a passage. They are shared: nobody may change them.
func (c *passages) of(passage string) []piece {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.fresh[passage]; ok {
		return known
	}
	known, ok := c.aged[passage]
	if !ok {
		known = takeApart(passage)
	}
	if c.fresh == nil || len(c.fresh) >= maxCuts {
		c.fresh, c.aged = map[string][]piece{}, c.fresh
	}
	c.fresh[passage] = known
	return known
}

// takeApart returns the pieces of a passage with their sentences and words.
func takeApart(passage string) []piece {
	pieces := blocksOf(passage)
	for i := range pieces {
		p := &pieces[i]
		if !p.prose {
			p.words = [][]string{wordsOf(p.text)}
			continue
		}
		p.sentences = sentencesOf(p.text)
		for _, s := range p.sentences {
			p.words = append(p.words, wordsOf(s))
		}
	}
	return pieces
}

// piece is a paragraph of prose, or something that is never cut.
type piece struct {
	text      string
	prose     bool
	sentences []string   // of prose
	words     [][]string // of each sentence, or of all that is never cut
}

// structured begins a block that is no prose: a list, a table, a quote, code, a heading,
// a picture or HTML.
var structured = regexp.MustCompile("^(?:\\s{4}|\\s*(?:[-*+] |\\d{1,3}[.)] |\\||>|```|~~~|#|<|!\\[))")

// blocksOf cuts a passage at its blank lines, outside of code. What follows a paragraph that
// ends with a colon belongs to it.
func blocksOf(passage string) []piece {
	var out []piece
	var lines []string
	fenced := false
	end := func() {
		if len(lines) == 0 {
			return
		}
		b := piece{text: strings.Join(lines, "\n"), prose: true}
		for _, l := range lines {
			if structured.MatchString(l) {
				b.prose = false
			}
		}
		lines = nil
		if n := len(out); n > 0 && (strings.HasSuffix(out[n-1].text, ":") || !b.prose && !out[n-1].prose) {
			b = piece{text: out[n-1].text + "\n\n" + b.text}
			out = out[:n-1]
		}
		out = append(out, b)
	}
	for line := range strings.SplitSeq(passage, "\n") {
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~") {
			fenced = !fenced
		}
		if strings.TrimSpace(line) == "" && !fenced {
			end()
			continue
		}
		lines = append(lines, line)
	}
	end()
	return out
}

// sentencesOf cuts a paragraph into its sentences. A dot after an abbreviation, or before
// what goes on in lower case or with a number, ends none.
func sentencesOf(paragraph string) []string {
	text := strings.Join(strings.Fields(paragraph), " ")
	var out []string
	from := 0
	for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
		next, _ := utf8.DecodeRuneInString(text[at[1]:])
		if at[1] < len(text) && (unicode.IsLower(next) || unicode.IsDigit(next) || shortForm.MatchString(text[from:at[1]])) {
			continue
		}
		if s := strings.TrimSpace(text[from:at[1]]); s != "" {
			out = append(out, s)
		}
		from = at[1]
	}
	if s := strings.TrimSpace(text[from:]); s != "" {
		out = append(out, s)
	}
	return out
}

// shortForm is an abbreviation at the end of a text.
var shortForm = regexp.MustCompile(`(?:^|[\s("])(?i:\pL|e\.g|i\.e|approx|no|mr|mrs|ms|dr|st|vs|incl|excl|max|min|ca|bzw|ggf|inkl|zzgl|nr|art|env|núm|aprox)\. $`)
