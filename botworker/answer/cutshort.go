package answer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// sentenceEnd is the end of a sentence: not the dot of "1." or "e.g." within one. What
// closes quotes, brackets or emphasis belongs to it.
var sentenceEnd = regexp.MustCompile("[\\pL\\pN)\\]`\"'”»*_%€$][.!?…][)\\]\"'”»*_`]*(?:\\s|$)|[。！？][」』）]*|\n")

// dangling is the mark of an item, a heading or a quote with nothing behind it.
var dangling = regexp.MustCompile(`\n\s*[-*+#>|]+\s*$`)

// listNumber is the number before an item of a list, whose dot ends no sentence.
var listNumber = regexp.MustCompile(`(?m)^\s*(?:\d{1,3}|[a-zA-Z])[.)]\s*$`)

// cutShort is a text that was cut off in the middle: it ends with the last whole sentence,
// or else with an ellipsis, and says that there is more.
func cutShort(text string) string {
	more := moreIn(text)
	if most := chat.MaxText - utf8.RuneCountInString(more) - 10; utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most])
	}
	return fit(closed(whole(text))+more, text)
}

// moreIn says that there is more, in the language of the text, if the bot knows it. In
// another script that sentence would be of no use.
func moreIn(text string) string {
	latin, others := 0, 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			others++
		}
	}
	if others > latin {
		return "\n\n…"
	}
	return "\n\n" + phrasesFor(text).more
}

// whole returns the text up to the end of its last whole sentence, if that leaves most of
// it; otherwise up to its last whole word, with an ellipsis.
func whole(text string) string {
	text = strings.TrimRight(text, " \t\n")
	end := 0
	for _, at := range sentenceEnd.FindAllStringIndex(text, -1) {
		if before := strings.TrimRight(text[:at[1]], " \t\n"); !listNumber.MatchString(lastLine(before)) {
			end = len(before)
		}
	}
	if end > len(text)/2 {
		return strings.TrimRight(dangling.ReplaceAllString(text[:end], ""), " \t\n")
	}
	if i := strings.LastIndexAny(text, " \t\n"); i > len(text)/2 {
		text = text[:i]
	}
	return strings.TrimRight(text, " \t\n,;:-*#>|([") + "…"
}

func lastLine(s string) string { return s[strings.LastIndexByte(s, '\n')+1:] }

// closed ends a block of code that is still open, so that what follows is not part of it.
func closed(text string) string {
	fences := 0
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fences++
		}
	}
	if fences%2 == 1 {
		return text + "\n```"
	}
	return text
}
