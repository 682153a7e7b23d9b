package llm

import (
	"regexp"
	"strings"
)

// readJSON decides about JSON in plain text: a call of the tool, of another one, or text.
func (s *screen) readJSON(force bool) int {
	if n := s.readEnvelope(0, force); n != 0 || s.mode == enveloped {
		return n
	}
	if !mayBeJSONCall(s.in) {
		return s.keep(s.in[:1])
	}
	n := closing(s.in)
	complete := n < len(s.in) || balanced(s.in)
	if !complete && !force {
		return wait
	}
	value := s.in[:n]
	switch {
	case calledIn(value) || jsonStart.MatchString(value) && callsPerson(value), callShape(value) && decoration.MatchString(s.line):
		s.called(value)
		return n
	case complete:
		return s.keep(value)
	}
	return s.keep(s.in[:1])
}

// gap marks, in the text that is kept, where a call was: what belongs to the call around
// it is taken out in the end (see tidy). It is a character that no text has.
const gap = "\uE0A7"

// called keeps a call.
func (s *screen) called(text string) {
	s.out.WriteString(gap)
	if len(s.calls) < maxCalls {
		s.calls = append(s.calls, text[:min(len(text), maxArguments)])
	}
}

// readName decides about the tool's name in plain text, and about words that precede
// calls. The name comes at the end of an answer, so the decision waits for the end.
func (s *screen) readName(force bool) int {
	if !force {
		if couldBegin(nameMarks, s.in) {
			return wait
		}
		return 0
	}
	if list := "functools["; couldBegin([]string{list}, s.in) && len(s.in) > len(list) {
		n := len(list) - 1 + closing(s.in[len(list)-1:])
		s.called(s.in[:n])
		return n
	}
	m := writtenName.FindStringIndex(s.in)
	if m == nil {
		return 0
	}
	rest := s.in[m[1]:]
	n := 0
	switch {
	case strings.HasPrefix(rest, "("):
		n = closing(rest)
	case strings.HasPrefix(rest, "{"):
		n = closing(rest)
	case strings.HasPrefix(rest, ":") && decoration.MatchString(s.line): // its reason follows
		n = len(rest)
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			n = i
		}
	case !s.alone(rest):
		return s.keep(s.in[:m[1]])
	default:
		if i := actionInput.FindStringIndex(rest); i != nil {
			n = i[1]
		}
	}
	s.called(s.in[:m[1]+n])
	return m[1] + n
}

// call begins a call, which ends with that tag, or with the answer.
func (s *screen) call(until string) {
	s.mode, s.until = calling, until
	s.taken.Reset()
}

// inCall keeps a call up to its end.
func (s *screen) inCall(force bool) int {
	take := func(text string) {
		if room := maxArguments - s.taken.Len(); room > 0 {
			s.taken.WriteString(text[:min(len(text), room)])
		}
	}
	if s.until == "" {
		take(s.in)
		return len(s.in)
	}
	if i := strings.Index(strings.ToLower(s.in), s.until); i >= 0 {
		take(s.in[:i])
		s.called(s.taken.String())
		s.taken.Reset()
		s.mode = reading
		return i + len(s.until)
	}
	n := len(s.in) - len(s.until)
	if force {
		n = len(s.in)
	}
	if n <= 0 {
		return wait
	}
	take(s.in[:n])
	return n
}

// tidy takes the gaps out of a finished text, with what belongs to the calls that were
// there: brackets, and words that announce a call and are alone with it on a line.
func tidy(text string) string {
	if !strings.Contains(text, gap) {
		return text
	}
	text = gapLine.ReplaceAllString(text, "")
	return gapInLine.ReplaceAllString(text, "")
}

var (
	gapLine   = regexp.MustCompile("(?im)^" + decorated + gap + "[ \t`*_.;\"'()\\[\\]{}<>|" + gap + "]*$")
	gapInLine = regexp.MustCompile("(?i)(?:functions\\.|default_api\\.|print\\(|call:|[\\[({`])*" + gap + "[`\\])}]*")
)
