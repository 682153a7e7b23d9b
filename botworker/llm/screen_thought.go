package llm

import (
	"strings"
	"unicode/utf8"
)

func (s *screen) think(text string) int {
	s.thoughts += len(text)
	s.tail += text
	if len(s.tail) > maxArguments {
		s.tail = s.tail[len(s.tail)-maxArguments:]
	}
	return len(text)
}

// takeBack takes back everything: an end of thoughts without their beginning.
func (s *screen) takeBack() {
	s.think(s.out.String())
	s.out.Reset()
	s.void()
	s.any, s.line, s.suspicious, s.calls, s.wrapped = false, "", false, nil, ""
	s.trusted = true
}

// inThought passes over thoughts up to their end.
func (s *screen) inThought(force bool) int {
	if s.until != "" && s.until != harmonyEnd { // words, or a tag of its own
		i := strings.Index(strings.ToLower(s.in), s.until)
		if i >= 0 {
			s.think(s.in[:i])
			s.mode, s.trusted = reading, true
			return i + len(s.until)
		}
		if s.depth == 0 {
			return s.skip(len(s.until), force)
		}
	}
	if i := strings.IndexAny(s.in, "<＜﹤‹⟨〈\\&[{(◁"); i < 0 {
		return s.pondered(s.in)
	} else if i > 0 {
		return s.pondered(s.in[:i])
	}
	means, n := thoughtMark(s.in, force)
	switch {
	case n == wait:
		return wait
	case n == 0:
		_, n = utf8.DecodeRuneInString(s.in)
		return s.pondered(s.in[:n])
	case s.until == harmonyEnd && s.in[0] == '<' && s.in[1] == '|':
		s.mode, s.trusted = reading, true
		if means == channel || means == role {
			return 0
		}
		return n
	case s.until == harmonyEnd:
		return s.pondered(s.in[:n])
	case means == thoughtBegins:
		s.depth++
	case means == thoughtEnds:
		if s.depth--; s.depth <= 0 {
			if s.aside != nil && s.aside.mentions(true) {
				s.reword(s.in[:n])
				return n
			}
			s.mode, s.trusted, s.aside = reading, true, nil
			s.rest.Reset()
		} else {
			s.think(s.rest.String())
			s.rest.Reset()
			s.rest.WriteByte(' ') // from here on it may be the answer
		}
		return n
	}
	return s.pondered(s.in[:n])
}

// pondered passes over a part of a thought.
func (s *screen) pondered(text string) int {
	if s.aside != nil {
		if s.aside.text.WriteString(text); s.aside.text.Len() > 2*maxHeld {
			s.aside = nil // no sentence is that long
		}
	}
	if s.rest.Len() > 0 && s.rest.Len() < 2*maxHeld {
		s.rest.WriteString(text)
		return len(text)
	}
	return s.think(text)
}

// skip passes over everything but what may be the beginning of a mark of that length.
func (s *screen) skip(mark int, force bool) int {
	n := len(s.in) - mark
	if force {
		n = len(s.in)
	}
	if n <= 0 {
		return wait
	}
	for n > 0 && n < len(s.in) && !utf8.RuneStart(s.in[n]) {
		n--
	}
	return s.think(s.in[:n])
}
