package answer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/botworker/language"
)

const (
	maxLead  = 3   // sentences of an answer, before the whole passage
	longLead = 280 // characters; an answer that long gets no further sentence
)

// leadOf returns the part of a passage that answers the questions: at most three sentences,
// or a whole list, table or piece of code with what introduces it, since those mean nothing
// in part. It is the passage's own words, and all of them if there are no more.
func leadOf(passage string, questions []string) string {
	blocks := blocksOf(passage)
	asked := wordsOf(strings.Join(questions, " "))
	best, most, opens := "", -1, false
	for _, b := range blocks {
		if !b.prose {
			if n := shared(asked, b.text); n > most {
				best, most, opens = b.text, n, false
			}
			continue
		}
		list := sentencesOf(b.text)
		for i, s := range list {
			// A passage begins with what it is about: another sentence has to be clearly nearer.
			n := shared(asked, s)
			if n > most && (best == "" || !opens || n > most+1) {
				best, most, opens = around(list, i), n, best == ""
			}
		}
	}
	if best == "" {
		return passage
	}
	return best
}

// around is the sentence with those that belong to it: one before if it refers to that, and
// those after it as long as it is short.
func around(list []string, i int) string {
	first := i
	if i > 0 && refersBack.MatchString(list[i]) {
		first--
	}
	last, text := i, strings.Join(list[first:i+1], " ")
	for last+1 < len(list) && last+1-first < maxLead && utf8.RuneCountInString(text)+utf8.RuneCountInString(list[last+1]) < longLead {
		last++
		text += " " + list[last]
	}
	if !balanced(text) {
		return strings.Join(list, " ")
	}
	return text
}

// refersBack matches a sentence that can't be understood without the one before it.
var refersBack = regexp.MustCompile(`^(?i:it|its|they|them|their|this|that|these|those|then|otherwise|however|but|and|or|so|also|instead|in that case|if not|if so)\b`)

// balanced reports whether every mark of Markdown that begins in the text also ends there.
func balanced(text string) bool {
	return strings.Count(text, "`")%2 == 0 && strings.Count(text, "**")%2 == 0 && strings.Count(text, "[") == strings.Count(text, "]") && strings.Count(text, "(") == strings.Count(text, ")")
}

// piece is a paragraph of prose, or something that is never cut.
type piece struct {
	text  string
	prose bool
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

// wordsOf are the words of a text that may be looked for in another: folded, and no stop words.
func wordsOf(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(w) > 2 && !language.Stop(language.English, w) {
			out = append(out, language.Fold(w))
		}
	}
	return out
}

// shared counts the words that the text has in some form.
func shared(asked []string, text string) (n int) {
	own := wordsOf(text)
	for _, a := range asked {
		for _, w := range own {
			if alike(a, w) {
				n++
				break
			}
		}
	}
	return n
}

// alike reports whether two words have the same beginning and little else.
func alike(a, b string) bool {
	n := min(len(a), len(b))
	if n < 4 {
		return a == b
	}
	return a[:max(4, n-2)] == b[:max(4, n-2)]
}
