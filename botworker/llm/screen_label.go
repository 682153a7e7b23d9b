package llm

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// label is a heading under which an answer begins with thoughts ("**Thinking:**"), and the
// text below it. It is held until the thoughts end: with a heading of the answer, with the
// bracket, quote or emphasis that they are in, or with a mark of their end.
type label struct {
	clear  bool            // it heads thoughts in any answer; others may be headings of an answer
	whole  strings.Builder // the text, with the heading
	seen   int             // how much of it was searched for the end, up to a line's beginning
	end    *regexp.Regexp  // what ends the thoughts
	quoted bool            // they end before the first line that is no quote
}

const (
	clearLabels = `(?:here(?:'s|’s| is) )?(?:my |the |a |model'?s |assistant'?s |bot'?s )?(?:internal |inner |hidden |private |step[- ]by[- ]step )*` +
		`(?:thinking(?: process| steps| out loud| aloud)?|thought(?: process| chain)?s?|thoughts|monologue|chain[- ]of[- ]thoughts?|cot|scratch ?pad|reasoning (?:process|steps|trace)|train of thought|self[- ]reflection|` +
		`internal (?:reasoning|analysis|dialogue|comments?|remarks?)|private reasoning|思考(?:过程|過程|プロセス)?|思维(?:链|过程)|推理过程|思路|内心独白|생각(?: 과정)?|추론 과정|` +
		`gedankengang|denkprozess|gedanken|(?:interne )?überlegung(?:en)?|razonamiento(?: interno)?|pensamientos?|raisonnement(?: interne)?|pensées?|réflexions?(?: internes?)?|raciocínio|pensamento|ragionamento|размышлени[ея]|рассуждени[ея]|мысли)`
	doubtfulLabels = `(?:my |the |step[- ]by[- ]step )*(?:reasoning|analysis|plan|reflection|approach|rationale|分析|推理|analyse|análisis|анализ)`
	adornment      = `[>#*_ \t\[(【:🤔💭🧠]*`
)

var (
	labelForm = regexp.MustCompile(`(?i)^(` + adornment + `)(?:(` + clearLabels + `)|` + doubtfulLabels + `)([*_\])】]*?)(?:[ \t]*[:：][*_]*|[ \t]*(?:\.{3}|…)?[*_]*[ \t]*\n|】)`)
	// labelSoFar is the beginning of an answer that may become a label.
	labelSoFar = regexp.MustCompile(`(?i)^` + adornment + `[\p{L}'’ -]{0,40}[*_\])】.… \t]*$`)
	labelLead  = regexp.MustCompile(`^(?:here(?:'s|’s| is) |my |the |a |model'?s |assistant'?s |bot'?s |internal |inner |hidden |private |step[- ]by[- ]step )+`)
	labelLeads = strings.Fields("here's here’s here my the a model's assistant's bot's internal inner hidden private step")
	labelWords = strings.Fields("internal private thinking thought monologue chain cot scratch reasoning train self 思 推 内心 생 추 gedanken denkprozess interne überlegung razonamiento pensa raisonnement pensée réflexion raciocínio ragionamento размышлен рассужден мысли analy plan reflection approach rationale 分析 análisis анализ")

	answerHeading = regexp.MustCompile(`(?im)(?:^[ \t>#*_\[【(]*(?:(?:my|the|here's the|here is the) )?(?:final |actual |direct )?(?:answer|response|reply|output|final)(?: to (?:the )?(?:user|visitor|customer))?(?:[\])】*_ \t]*[:：][*_ \t]*|[*_\])】 \t]*\n)` +
		`|【(?:最终)?(?:回答|答案|答复|回复|回答内容)】\s*|^[ \t>#*_\[【(]*(?:最终|最後の)?(?:回答|答案|答复|回复|結論|답변)(?:[\])】*_ \t]*[:：][*_ \t]*|[*_\])】 \t]*\n)|^[ \t>#*_\[【(]*(?:antwort|respuesta|réponse|resposta|risposta|ответ|cevap|odpowiedź|antwoord)(?:[\])】*_ \t]*[:：][*_ \t]*|[*_\])】 \t]*\n)|final answer[*_]*[:：][*_ \t]*)`)
	thoughtClosed = regexp.MustCompile(`(?i)(?:<|&lt;|\\<|＜)\s*/\s*\|?\s*(?:\w+:)?(?:think|thinking|thought|thoughts|reasoning|analysis|scratchpad)\s*\|?(?:>|&gt;|\\>|＞)|\[/think(?:ing)?\]|◁/think▷|<channel\|>|<\|(?:end_of_thought|END_THINKING)\|>`)
	ruler         = regexp.MustCompile(`(?m)^[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*$`)
)

// labelAt reads the heading that an answer begins with. nil and 0: it begins with none that
// heads thoughts; nil and wait: perhaps it does.
func labelAt(text string, force bool) (*label, int) {
	m := labelForm.FindStringSubmatchIndex(text)
	if m == nil {
		if force || !labelSoFar.MatchString(text) {
			return nil, 0
		}
		words := strings.ToLower(strings.TrimLeft(text, ">#*_ \t[(【:🤔💭🧠"))
		words = labelLead.ReplaceAllString(words, "")
		for _, w := range labelWords {
			if strings.HasPrefix(words, w) || strings.HasPrefix(w, words) {
				return nil, wait
			}
		}
		for _, w := range labelLeads {
			if strings.HasPrefix(w, words) {
				return nil, wait
			}
		}
		return nil, 0
	}
	if m[1] == len(text) && !force && text[m[1]-1] != '\n' {
		return nil, wait // emphasis may end there
	}
	before, closed := text[m[2]:m[3]], text[m[6]:m[7]]
	l := &label{clear: m[4] >= 0, end: answerHeading, quoted: strings.HasPrefix(before, ">")}
	marks := strings.Trim(before, "># \t🤔💭🧠")
	switch {
	case strings.HasPrefix(marks, ":::"):
		l.end = regexp.MustCompile(`(?m)^:::[ \t]*$`)
	case marks != "" && closed == "" && !strings.HasSuffix(strings.TrimRight(text[:m[1]], " \t\n"), marks): // all of it is in brackets, or emphasized
		l.end = regexp.MustCompile(`(?m)` + regexp.QuoteMeta(mirrored(marks)) + `[ \t]*$`)
	}
	l.whole.WriteString(text[:m[1]])
	l.seen = m[1]
	return l, m[1]
}

func mirrored(marks string) string {
	closing := strings.NewReplacer("[", "]", "(", ")", "【", "】")
	var b strings.Builder
	runes := []rune(marks)
	for i := len(runes) - 1; i >= 0; i-- {
		b.WriteString(closing.Replace(string(runes[i])))
	}
	return b.String()
}

// inLabel holds what is under a heading until the thoughts end.
func (s *screen) inLabel(final bool) int {
	l, n := s.label, len(s.in)
	l.whole.WriteString(s.in)
	text := l.whole.String()
	if end := l.endIn(text, final); end >= 0 {
		s.think(text[:end])
		s.label, s.mode, s.trusted, s.in = nil, reading, true, text[end:]
		return 0
	}
	// A heading counts once something follows it, so the last line with words stays. Of a
	// long line only the end is looked at again: whatever may end thoughts is short.
	if i := strings.LastIndexByte(strings.TrimRight(text, " \t\n*_"), '\n'); i > l.seen {
		l.seen = i + 1
	}
	if len(text)-l.seen > 2*longestEnd {
		l.seen = len(text) - longestEnd
		for !utf8.RuneStart(text[l.seen]) {
			l.seen--
		}
	}
	if !final {
		return n
	}
	s.label, s.mode = nil, reading
	if !l.clear && !s.cut {
		s.in = text // a heading of the answer
		return 0
	}
	end := len(text)
	if rules := ruler.FindAllStringIndex(text, -1); len(rules) > 0 && !s.cut {
		end = rules[len(rules)-1][1]
	}
	s.think(text[:end])
	s.in = text[end:]
	return 0
}

// endIn is where the thoughts end, -1 if that is not in the text so far.
func (l *label) endIn(text string, final bool) int {
	rest := text[l.seen:]
	if l.quoted {
		for at := 0; at < len(rest); {
			line, more, whole := strings.Cut(rest[at:], "\n")
			if t := strings.TrimSpace(line); t != "" && t[0] != '>' && (at > 0 || l.seen > 0 && text[l.seen-1] == '\n') {
				return l.seen + at
			}
			if !whole {
				break
			}
			at = len(rest) - len(more)
		}
	}
	before := ""
	if l.seen > 0 && text[l.seen-1] != '\n' {
		before = "\x00" // no line begins here
	}
	end := -1
	for _, form := range []*regexp.Regexp{l.end, thoughtClosed} {
		// At the very end a heading may go on ("Answer:" and the stars after it).
		m := form.FindStringIndex(before + rest)
		if m == nil {
			continue
		}
		if at := m[1] - len(before); (at < len(rest) || final) && (end < 0 || l.seen+at < end) {
			end = l.seen + at
		}
	}
	return end
}

// longestEnd is how long what ends thoughts may be, in bytes.
const longestEnd = 200
