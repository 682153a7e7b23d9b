package check

// remembers checks that a visitor is called by the name that was given last, whoever else
// speaks, and whichever name another tab still writes under.
func (s *life) remembers(l *line) {
	if !l.durable() {
		return // clients are told the name where it changes, and that it is not stored is reported
	}
	want := s.called
	if l.Reason == "named" {
		want = ""
		for _, in := range s.inputsIn(s.named, l.Seq) {
			if in.request("name") && in.Name == l.Called {
				want, s.named = in.Name, in.Seq
				break
			}
		}
		if want == "" {
			s.report(Misnamed, l, "the change %d calls the visitor %q, which nobody asked for since %d", l.Seq, clip(l.Called), s.named)
		}
	} else if l.Called != want {
		s.report(Misnamed, l, "after the %s %d the visitor is called %q instead of %q", l.Kind, l.Seq, clip(l.Called), clip(want))
	}
	s.called = l.Called
}
