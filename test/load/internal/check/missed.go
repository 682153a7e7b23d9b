package check

// keeps checks that an address which was left is kept until an agent has dealt with it,
// whoever else speaks and whoever answers.
func (s *life) keeps(l *line) {
	if !l.durable() {
		return // clients are not told, and that it is not stored is reported
	}
	want := s.missed
	switch {
	case l.Kind == "say", l.Reason == "dealt":
		want = 0
	case l.Reason == "email_left":
		if left := s.chat.at(l.Missed); left != nil && left.request("leave_email") && left.Seq > s.noted && left.Seq < l.Seq {
			want, s.noted = left.Seq, left.Seq
		}
		if want == s.missed {
			s.report(Forgotten, l, "the change %d notes an address, and at %d none was left that was not noted before", l.Seq, l.Missed)
		}
	case l.Reason == "missed_full":
		s.noted = l.Seq
	}
	if l.Missed != want {
		s.report(Forgotten, l, "after the %s %d the address that nobody has dealt with is that of %d, and it says %d", l.Kind, l.Seq, want, l.Missed)
	}
	s.missed = l.Missed
}
