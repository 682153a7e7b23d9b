package check

// visits checks that the visit is the one before, or the next if the event opens a chat that
// was closed. A chat from before visits were counted has none until something counts them.
func (s *life) visits(l *line) {
	opens := s.shut && s.status != closed
	s.shut = s.status == closed
	if l.Visit == 0 && (s.visit == 0 || !l.durable() || s.opts.Old) {
		if s.opts.Old {
			s.visit = 0
		}
		return
	}
	want := max(s.visit, 1)
	if opens {
		want++
	}
	if again := want - max(s.visit, 1) + 1; s.opts.Old && l.Visit == again {
		want = again // counted anew from a state, or a hint, without the number
	}
	if l.Visit != want {
		s.report(Miscounted, l, "after the %s %d it is visit %d of the chat instead of %d", l.Kind, l.Seq, l.Visit, want)
	}
	s.visit = l.Visit
}
