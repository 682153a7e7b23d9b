package llm

import (
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// screen lets through what a visitor may read of what a model writes, and keeps back its
// thoughts and the calls of tools that it writes down instead of making them. Models mark
// both in dozens of ways (see marks.go), and many servers pass that on as text.
//
// It is fed with pieces of any length. Text is passed on as soon as it is certain, so a
// piece that may be the beginning of a mark waits for the next one. What comes out does
// not depend on where the pieces are cut. One goroutine uses it.
type screen struct {
	say  func(text string) // passes on text for the visitor
	void func()            // takes back everything: it was a thought

	piece string          // the end of the last piece, which may be half of an escape sequence
	in    string          // not decided yet
	out   strings.Builder // decided, not passed on yet
	mode  mode
	fence string // the open block of code, "" outside of one
	begun bool   // a thought begins in that block
	line  string // what was passed on of this line
	any   bool   // anything but white space was passed on

	depth    int             // of thoughts within thoughts
	rest     strings.Builder // what follows an end of a thought that is within another
	until    string          // the words or the tag that end a thought or a call
	thoughts int             // bytes
	wrapped  string          // the tag around the whole answer
	aside    *aside          // what may be a mention of a mark rather than a thought
	label    *label          // the thoughts under a heading
	envelope *envelope       // the JSON that may have the answer in it
	unfence  string          // the fence that closes the block which the answer was in
	// noEnvelope: the answer was looked at already, and is in no JSON.
	noEnvelope bool
	cut        bool            // the endpoint says that the answer is not complete
	lost       bool            // thoughts after words never ended: nobody knows whether words are among them
	tail       string          // the end of the thoughts
	to         string          // whom the next message of the harmony format is for
	taken      strings.Builder // the call that is being read

	// trusted: the endpoint itself tells thoughts from words, so text that sounds like a
	// thought is none.
	trusted bool
	// suspicious: the text begins as thoughts do that have no mark at their beginning.
	suspicious bool
	// calls are the calls that were written down, as they were.
	calls []string
}

// spoken returns what the visitor may read of a whole text.
func spoken(text string) string {
	var out strings.Builder
	s := screen{say: func(words string) { out.WriteString(words) }, void: out.Reset}
	s.feed(text)
	s.end()
	return tidy(out.String())
}

type mode int

const (
	opening mode = iota // before the first word
	reading
	thinking
	calling
	labelled  // under a heading of thoughts
	enveloped // in JSON that may have the answer in it
	over      // what follows is not the model's answer
)

// maxHeld bounds how much text waits for a decision, in bytes.
const maxHeld = 8 << 10

// feed reads the next piece.
func (s *screen) feed(text string) {
	text, s.piece = chat.CleanPart(s.piece + strings.ToValidUTF8(text, "\uFFFD"))
	s.in += strings.ReplaceAll(text, gap, "")
	s.run(false)
}

// overhear takes thoughts that the endpoint recognized itself.
func (s *screen) overhear(thought string) { s.think(thought) }

// unseen is how many bytes were written that nobody reads.
func (s *screen) unseen() int {
	n := s.thoughts + s.rest.Len() + s.taken.Len() + len(s.in)
	if s.label != nil {
		n += s.label.whole.Len()
	}
	if s.envelope != nil {
		n += s.envelope.whole.Len()
	}
	return n
}

// end decides about what is left.
func (s *screen) end() {
	s.in += strings.ReplaceAll(chat.Clean(s.piece), gap, "")
	s.piece = ""
	s.run(true)
	for s.mode == labelled || s.mode == enveloped {
		if s.mode == labelled {
			s.inLabel(true)
		} else {
			s.inEnvelope(true)
		}
		s.run(true)
	}
	if s.mode == thinking && s.aside != nil && s.aside.mentions(false) {
		s.reword("")
	}
	if s.mode == thinking && s.depth > 0 && strings.TrimSpace(s.rest.String()) != "" {
		// The thoughts mentioned their own mark: what follows their last end is the answer.
		s.mode, s.depth, s.in = reading, 0, s.rest.String()
		s.run(true)
	}
	s.lost = s.lost || s.mode == thinking && s.any
	if s.mode == calling {
		s.called(s.taken.String())
	}
	if !s.any && len(s.calls) == 0 && markedCall.MatchString(s.tail) {
		s.calls = append(s.calls, s.tail) // it called for a person while it was still thinking
	}
	s.pass()
}

func (s *screen) run(final bool) {
	for s.in != "" {
		force := final || len(s.in) > maxHeld
		var n int
		switch s.mode {
		case opening:
			n = s.open(force)
		case reading:
			if s.fence != "" {
				n = s.code(force)
			} else {
				n = s.read(force)
			}
		case thinking:
			n = s.inThought(force)
		case calling:
			n = s.inCall(force)
		case labelled:
			n = s.inLabel(final)
		case enveloped:
			n = s.inEnvelope(final)
		case over:
			n = len(s.in)
		}
		if n < 0 {
			break
		}
		s.in = s.in[n:]
	}
	s.pass()
}

func (s *screen) pass() {
	if s.out.Len() > 0 {
		s.say(s.out.String())
		s.out.Reset()
	}
}

// The functions below look at the beginning of s.in and return how many bytes they are
// done with, or wait if it takes more to decide. With force they always decide.
const wait = -1

// keep is text for the visitor.
func (s *screen) keep(text string) int {
	s.out.WriteString(text)
	if strings.TrimSpace(text) != "" {
		s.any = true
	}
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		s.line = text[i+1:]
	} else if len(s.line) < 200 {
		s.line += text
	}
	return len(text)
}

// open decides how an answer begins.
func (s *screen) open(force bool) int {
	text := strings.TrimLeft(s.in, " \t\r\n")
	if text == "" {
		if force {
			return s.keep(s.in)
		}
		return wait
	}
	lead := len(s.in) - len(text)
	low := strings.ToLower(text[:min(len(text), 64)])
	for _, m := range headings {
		switch {
		case strings.HasPrefix(low, m.begin):
			if m.capital && !strings.HasPrefix(text, m.begin) {
				continue
			}
			if m.capital && (len(text) == len(m.begin) || text[len(m.begin)] < 'A' || text[len(m.begin)] > 'Z') {
				if len(text) == len(m.begin) && !force {
					return wait
				}
				continue
			}
			s.mode, s.until, s.depth = thinking, m.end, 0
			return lead + len(m.begin)
		case !force && strings.HasPrefix(m.begin, low):
			return wait
		}
	}
	switch l, n := labelAt(text, force); {
	case n == wait:
		return wait
	case l != nil:
		s.label, s.mode = l, labelled
		return lead + n
	}
	if !s.trusted {
		for _, w := range openers {
			if strings.HasPrefix(low, w) {
				s.suspicious = true
				break
			}
			if !force && strings.HasPrefix(w, low) {
				return wait
			}
		}
	}
	s.mode = reading
	if lead > 0 {
		return s.keep(s.in[:lead])
	}
	return 0
}

// read decides about ordinary text.
func (s *screen) read(force bool) int {
	i := s.special()
	if i > 0 {
		return s.keep(s.in[:i])
	}
	switch n := oneOf(openAngles, s.in); {
	case n > 0:
		return s.readTag(force)
	case n == wait && !force:
		return wait
	}
	switch s.in[0] {
	case '`', '~':
		return s.readCode(force)
	case '[', '{':
		if n := s.readBracket(force); n != 0 {
			return n
		}
		return s.readJSON(force)
	case '(':
		if n := s.readBracket(force); n != 0 {
			return n
		}
	case '\xe2': // ◁ begins with it
		if n := s.readTriangle(force); n != 0 {
			return n
		}
	default:
		if n := s.readName(force); n != 0 {
			return n
		}
	}
	_, n := utf8.DecodeRuneInString(s.in)
	return s.keep(s.in[:n])
}

// special is the position of the next character that may begin a mark.
func (s *screen) special() int {
	for i := 0; i < len(s.in); i++ {
		switch s.in[i] {
		case '`', '<', '[', '{':
			return i
		case '&', '\\', '\xef', '\xe3':
			if oneOf(openAngles, s.in[i:]) != 0 {
				return i
			}
		case '(':
			if couldBegin([]string{"(think)", "(/think)"}, s.in[i:]) {
				return i
			}
		case '~':
			if strings.TrimSpace(s.lineTo(i)) == "" {
				return i
			}
		case '\xe2':
			if len(s.in)-i < 3 || strings.HasPrefix(s.in[i:], "◁") || oneOf(openAngles, s.in[i:]) != 0 {
				return i
			}
		case 'h', 'H', 'f', 'c':
			if couldBegin(nameMarks, s.in[i:]) {
				return i
			}
		}
	}
	return len(s.in)
}

// lineTo is the line up to a position in s.in.
func (s *screen) lineTo(i int) string {
	if n := strings.LastIndexByte(s.in[:i], '\n'); n >= 0 {
		return s.in[n+1 : i]
	}
	return s.line + s.in[:i]
}

// couldBegin reports whether the text begins with one of the marks, or may yet turn out
// to. Marks are in lower case.
func couldBegin(marks []string, text string) bool {
	for _, m := range marks {
		n := min(len(m), len(text))
		if strings.EqualFold(m[:n], text[:n]) {
			return true
		}
	}
	return false
}
