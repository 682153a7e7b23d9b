package llm

import "strings"

// readBracket decides about marks in square brackets. 0: it is none.
func (s *screen) readBracket(force bool) int {
	for _, m := range bracketMarks {
		n := min(len(m.mark), len(s.in))
		if !strings.EqualFold(m.mark[:n], s.in[:n]) {
			continue
		}
		if n < len(m.mark) || len(s.in) == n && !force {
			if force {
				continue
			}
			return wait
		}
		if len(s.in) > n && strings.IndexByte("([:", s.in[n]) >= 0 && s.in[0] == '[' && m.means != callBegins {
			continue // a link
		}
		switch m.means {
		case thoughtBegins:
			s.ponder(n, "")
		case thoughtEnds:
			s.takeBack()
		case callBegins:
			s.call("")
			s.taken.WriteString(s.in[:n])
		}
		return n
	}
	return 0
}

func (s *screen) readTriangle(force bool) int {
	for _, m := range triangleMarks {
		n := min(len(m.mark), len(s.in))
		if m.mark[:n] != s.in[:n] {
			continue
		}
		if n < len(m.mark) {
			if force {
				continue
			}
			return wait
		}
		if m.means == thoughtBegins {
			s.ponder(n, "")
		} else {
			s.takeBack()
		}
		return n
	}
	return 0
}

// readTag decides about a tag or a token in angle brackets.
func (s *screen) readTag(force bool) int {
	if n := s.readComment(force); n != 0 {
		return n
	}
	if n := s.readDetails(force); n != 0 {
		return n
	}
	t, n := parseTag(s.in, force)
	if n == wait {
		return wait
	}
	if n == 0 {
		return s.keep(s.in[:max(1, oneOf(openAngles, s.in))])
	}
	switch t.means {
	case thoughtBegins:
		s.ponder(n, t.until)
	case wraps:
		switch {
		case !t.ends && !s.any:
			s.wrapped = t.until
		case t.ends && s.wrapped == t.until:
			s.wrapped = ""
		default:
			return s.keep(s.in[:n])
		}
	case thoughtEnds:
		s.takeBack()
	case callBegins:
		if strings.HasSuffix(s.in[:n], "/>") { // it is complete, and of no other tool than ours
			if !callsPerson(s.in[:n]) {
				return s.keep(s.in[:n])
			}
			s.called(s.in[:n])
			return n
		}
		s.call(t.until)
		s.taken.WriteString(s.in[:n])
	case ends:
		s.mode = over
	case struck:
		if strings.Contains(strings.ToLower(s.line), "<s>") {
			return s.keep(s.in[:n])
		}
	case dropped:
	case role:
		return s.readRole(n, force)
	case channel:
		return s.readChannel(n, force)
	case resultTag:
		s.mode, s.depth, s.until = thinking, 0, t.until
	}
	return n
}

// readRole reads who speaks, after the token that announces it. If it is not the model,
// it has made up the rest.
func (s *screen) readRole(n int, force bool) int {
	rest := s.in[n:]
	end := strings.IndexAny(rest, "<\n")
	if end < 0 {
		if !force && len(rest) < 200 {
			return wait
		}
		end = len(rest)
	}
	who, to, _ := strings.Cut(strings.TrimSpace(rest[:end]), " ")
	switch strings.ToLower(who) {
	case "assistant", "model", "bot", "ai", "answer", "":
		if strings.Contains(to, "to=") {
			s.to = to
		}
		return n + end
	case "think", "thinking", "thought", "analysis", "reasoning": // s1
		s.mode, s.depth, s.until = thinking, 0, harmonyEnd
	case "user", "system", "developer", "tool", "human", "function":
		s.mode = over
	}
	return n
}

// readChannel reads the header of a message in the harmony format: the channel, and
// perhaps the tool that the message is for.
func (s *screen) readChannel(n int, force bool) int {
	m := channelHeader.FindStringSubmatchIndex(s.in[n:])
	if m == nil {
		if !force && len(s.in)-n < 200 {
			return wait
		}
		if m = channelName.FindStringSubmatchIndex(s.in[n:]); m == nil {
			return n
		}
	}
	name := strings.ToLower(s.in[n+m[2] : n+m[3]])
	header := s.to + s.in[n:n+m[1]]
	s.to = ""
	switch {
	case strings.Contains(header, "to="):
		s.call("<|call|>")
		s.taken.WriteString(header)
	case strings.HasPrefix(name, "final"):
		s.mode = reading
	default:
		s.mode, s.depth, s.until = thinking, 0, harmonyEnd
	}
	return n + m[1]
}
