package llm

import "strings"

// readCode decides about a run of backticks: a block of code, a span, or neither. What is
// in them is shown as it is, unless it is a call.
func (s *screen) readCode(force bool) int {
	run := len(s.in) - len(strings.TrimLeft(s.in, s.in[:1]))
	if run == len(s.in) && !force {
		return wait
	}
	if run >= 3 && strings.Trim(s.line, " \t>") == "" {
		return s.readFence(run, force)
	}
	if s.in[0] == '~' {
		return s.keep(s.in[:run])
	}
	mark := s.in[:run]
	rest := s.in[run:]
	end := len(rest)
	eol := strings.IndexByte(rest, '\n')
	if eol >= 0 {
		end = eol
	}
	for at := 0; at < end; {
		i := strings.Index(rest[at:end], mark)
		if i < 0 {
			break
		}
		n := len(rest[at+i:]) - len(strings.TrimLeft(rest[at+i:], "`"))
		switch {
		case at+i+n == len(rest) && !force && n >= run:
			return wait // the run may go on
		case n == run:
			span := rest[:at+i]
			all := 2*run + at + i
			if isName(span) && !force && !strings.Contains(s.in[all:], "\n") {
				return wait // it depends on the rest of the line
			}
			if calledIn(span) || isName(span) && s.alone(s.in[all:]) {
				s.called(span)
				return all
			}
			return s.keep(s.in[:all])
		}
		at += i + n
	}
	if eol < 0 && !force {
		return wait
	}
	return s.keep(mark)
}

// alone reports whether what is around a name on its line is decoration.
func (s *screen) alone(after string) bool {
	after, _, _ = strings.Cut(after, "\n")
	return decoration.MatchString(s.line) && strings.Trim(after, " \t\r`*_.\"'()[]>") == ""
}

// readFence decides about a block of code. One that may be a call is held until its end.
func (s *screen) readFence(run int, force bool) int {
	eol := strings.IndexByte(s.in, '\n')
	if eol < 0 && !force {
		return wait
	}
	if s.unfence != "" && strings.TrimSpace(s.in[:max(eol, run)]) == s.unfence {
		s.unfence = "" // the end of the block that the answer was in
		return run
	}
	if eol < 0 {
		return s.keep(s.in)
	}
	info := strings.ToLower(strings.TrimSpace(s.in[run:eol]))
	body := s.in[eol+1:]
	start := strings.TrimLeft(body, " \t\r\n")
	if headsThoughts(info) && !s.any {
		s.mode, s.depth, s.until = thinking, 0, "\n"+s.in[:run]
		return eol // the line break may be all that is in it
	}
	tool := toolInfo.MatchString(info)
	if start == "" && !force {
		return wait
	}
	if n := s.readEnvelope(len(s.in)-len(start), force); n != 0 {
		return n
	}
	if tool || mayBeCall(start) {
		end, after := fenceEnd(body, s.in[:run])
		if end < 0 && !force {
			return wait
		}
		inner := body
		if end >= 0 {
			inner = body[:end]
		}
		if tool || calledIn(inner) || callShape(inner) && !s.any {
			s.called(inner)
			if end < 0 {
				return len(s.in)
			}
			return eol + 1 + after
		}
		if end >= 0 {
			return s.keep(s.in[:eol+1+after])
		}
	}
	s.fence, s.begun = s.in[:run], false
	return s.keep(s.in[:eol+1])
}

// headsThoughts reports whether a block of code says that thoughts are in it.
func headsThoughts(info string) bool {
	means, ok := meaningOf(info)
	return ok && means == thoughtBegins
}

// fenceEnd finds the line that closes a block of code: where it begins, and where what
// follows begins.
func fenceEnd(body, fence string) (end, after int) {
	for at := 0; at < len(body); {
		line := body[at:]
		eol := strings.IndexByte(line, '\n')
		if eol >= 0 {
			line = line[:eol]
		}
		if t := strings.TrimSpace(line); strings.HasPrefix(t, fence) && strings.Trim(t, fence[:1]) == "" {
			return at, at + len(line)
		}
		if eol < 0 {
			break
		}
		at += eol + 1
	}
	return -1, 0
}

// lostEnd is how thoughts end.
const lostEnd = "</think>"

// code passes on a block of code up to its end.
func (s *screen) code(force bool) int {
	eol := strings.IndexByte(s.in, '\n')
	line := s.in
	if eol >= 0 {
		line = s.in[:eol]
	}
	if s.line == "" {
		t := strings.TrimSpace(line)
		if eol < 0 && !force && strings.Trim(t, s.fence[:1]) == "" {
			return wait
		}
		if strings.HasPrefix(t, s.fence) && strings.Trim(t, s.fence[:1]) == "" {
			s.fence = ""
		}
		// A thought ends in a block of code that it never closed.
		if low := strings.ToLower(s.in); !s.begun && strings.HasPrefix(low, lostEnd) {
			s.fence = ""
			s.takeBack()
			return len(lostEnd)
		} else if !s.begun && !force && strings.HasPrefix(lostEnd, low) {
			return wait
		}
	}
	s.begun = s.begun || strings.Contains(strings.ToLower(s.line+line), "<think")
	if eol >= 0 {
		return s.keep(s.in[:eol+1])
	}
	return s.keep(s.in)
}
