package chat

import (
	"strconv"
	"time"

	"github.com/parley-chat/parley/pkg/plainjson"
)

// Events are written and read by every role for every message, so this is done without
// reflection: a sixth of the time. The bytes, and what is read from bytes, are those of
// encoding/json with the tags of Event and State, which the tests compare.

// AppendJSON appends the event as json.Marshal has it, or returns false if a time is
// outside of what JSON can express.
func (e *Event) AppendJSON(b []byte) (_ []byte, ok bool) {
	ok = true
	b = append(b, '{')
	if e.Chat != "" {
		b = append(plainjson.AppendString(append(b, `"chat":`...), string(e.Chat)), ',')
	}
	if e.Seq != 0 {
		b = append(strconv.AppendUint(append(b, `"seq":`...), e.Seq, 10), ',')
	}
	if !e.At.IsZero() {
		b, ok = appendTime(append(b, `"at":`...), e.At)
		b = append(b, ',')
	}
	b = plainjson.AppendString(append(b, `"kind":`...), string(e.Kind))
	b = plainjson.AppendMember(b, `,"id":`, e.ID)
	b = e.From.appendJSON(append(b, `,"from":`...))
	b = plainjson.AppendMember(b, `,"text":`, e.Text)
	b = e.Parts.AppendMembers(b)
	if e.Aside {
		b = append(b, `,"aside":true`...)
	}
	b = plainjson.AppendMember(b, `,"what":`, string(e.Request))
	if e.Score != 0 {
		b = strconv.AppendInt(append(b, `,"score":`...), int64(e.Score), 10)
	}
	if e.Covers != 0 {
		b = strconv.AppendUint(append(b, `,"covers":`...), e.Covers, 10)
	}
	if e.State != nil {
		var fine bool
		b, fine = e.State.AppendJSON(append(b, `,"state":`...))
		ok = ok && fine
	}
	b = plainjson.AppendMember(b, `,"reason":`, string(e.Reason))
	return append(b, '}'), ok
}

func (s *Speaker) appendJSON(b []byte) []byte {
	b = plainjson.AppendString(append(b, `{"role":`...), string(s.Role))
	b = plainjson.AppendMember(b, `,"name":`, s.Name)
	b = plainjson.AppendMember(b, `,"user":`, s.User)
	return append(b, '}')
}

// AppendJSON appends the state as json.Marshal has it, or returns false if a time is
// outside of what JSON can express.
func (s *State) AppendJSON(b []byte) (_ []byte, ok bool) {
	ok = true
	b = append(b, '{')
	if s.Status != "" {
		b = append(plainjson.AppendString(append(b, `"status":`...), string(s.Status)), ',')
	}
	if s.Agent != nil {
		b = plainjson.AppendString(append(b, `"agent":{"user":`...), s.Agent.User)
		b = append(plainjson.AppendString(append(b, `,"name":`...), s.Agent.Name), `},`...)
	}
	b = strconv.AppendUint(append(b, `"through":`...), s.AnsweredThrough, 10)
	if s.RequestsThrough != 0 {
		b = strconv.AppendUint(append(b, `,"asks":`...), s.RequestsThrough, 10)
	}
	if !s.Since.IsZero() {
		b, ok = appendTime(append(b, `,"since":`...), s.Since)
	}
	if !s.Asked.IsZero() {
		var fine bool
		b, fine = appendTime(append(b, `,"asked":`...), s.Asked)
		ok = ok && fine
	}
	b = plainjson.AppendMember(b, `,"visitor":`, s.Visitor)
	if s.Handover {
		b = append(b, `,"handover":true`...)
	}
	if s.Visit != 0 {
		b = strconv.AppendUint(append(b, `,"visit":`...), s.Visit, 10)
	}
	if s.Named {
		b = append(b, `,"named":true`...)
	}
	b = plainjson.AppendMember(b, `,"source":`, s.Source)
	b = plainjson.AppendMember(b, `,"moved":`, string(s.Moved))
	if s.Left != nil {
		b = plainjson.AppendMember(b, `,"email":`, s.Left.Address)
		if s.Left.Request != 0 {
			b = strconv.AppendUint(append(b, `,"missed":`...), s.Left.Request, 10)
		}
		if !s.Left.At.IsZero() {
			var fine bool
			b, fine = appendTime(append(b, `,"missed_at":`...), s.Left.At)
			ok = ok && fine
		}
	}
	if s.Routing != nil {
		b = plainjson.AppendMember(b, `,"team":`, s.Routing.To)
	}
	if s.Snooze != nil {
		var fine bool
		b, fine = s.Snooze.appendMembers(b)
		ok = ok && fine
	}
	return append(b, '}'), ok
}

func appendTime(b []byte, t time.Time) ([]byte, bool) {
	text, err := t.AppendText(append(b, '"'))
	return append(text, '"'), err == nil
}

// readPlain reads an event as Encode wrote it, and returns false if it is written otherwise.
func (e *Event) readPlain(data []byte) bool {
	r := plainjson.Read(data)
	e.ReadPlain(&r)
	return r.Done()
}

// ReadPlain reads an event as AppendJSON wrote it; r fails if it is written otherwise.
func (e *Event) ReadPlain(r *plainjson.Reader) {
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "chat":
			e.Chat = ID(r.String())
		case "seq":
			e.Seq = r.Uint()
		case "at":
			readTime(r, &e.At)
		case "kind":
			e.Kind = known(r.Raw(), Message, Reply, Request, StateChange, Say)
		case "id":
			e.ID = r.String()
		case "from":
			e.From.readPlain(r)
		case "text":
			e.Text = r.String()
		case "passage":
			e.parts().Passage = r.String()
		case "sources":
			e.parts().readCitations(r)
		case "choices":
			e.parts().readChoices(r)
		case "choice":
			e.parts().Choice = r.String()
		case "email":
			e.parts().Email = r.String()
		case "team":
			e.parts().Team = r.String()
		case "aside":
			e.Aside = r.Bool()
		case "what":
			e.Request = known(r.Raw(), Escalate, Cancel, Close, Rate, LeaveEmail, GiveName)
		case "covers":
			e.Covers = r.Uint()
		case "state":
			if e.State == nil {
				e.State = new(State)
			}
			e.State.ReadPlain(r)
		case "reason":
			e.Reason = Reason(r.String())
		default: // a score is rare, and what a later version adds is not known
			r.Fail()
		}
	}
}

// parts returns the event's parts to be filled.
func (e *Event) parts() *Parts {
	if e.Parts == nil {
		e.Parts = new(Parts)
	}
	return e.Parts
}

func (s *Speaker) readPlain(r *plainjson.Reader) {
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "role":
			s.Role = known(r.Raw(), RoleVisitor, RoleBot, RoleAgent, RoleSystem)
		case "name":
			s.Name = r.String()
		case "user":
			s.User = r.String()
		default:
			r.Fail()
		}
	}
}

// left returns Left, to be filled in.
func (s *State) left() *Left {
	if s.Left == nil {
		s.Left = new(Left)
	}
	return s.Left
}

// ReadPlain reads a state as AppendJSON wrote it; r fails if it is written otherwise.
func (s *State) ReadPlain(r *plainjson.Reader) {
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "status":
			s.Status = known(r.Raw(), WithBot, Waiting, Live, Closed)
		case "agent":
			if s.Agent == nil {
				s.Agent = new(Agent)
			}
			s.Agent.readPlain(r)
		case "through":
			s.AnsweredThrough = r.Uint()
		case "asks":
			s.RequestsThrough = r.Uint()
		case "since":
			readTime(r, &s.Since)
		case "asked":
			readTime(r, &s.Asked)
		case "visitor":
			s.Visitor = r.String()
		case "visit":
			s.Visit = r.Uint()
		case "named":
			s.Named = r.Bool()
		case "handover":
			s.Handover = r.Bool()
		case "source":
			s.Source = r.String()
		case "moved":
			s.Moved = Region(r.String())
		case "email":
			s.left().Address = r.String()
		case "missed":
			s.left().Request = r.Uint()
		case "missed_at":
			readTime(r, &s.left().At)
		case "team":
			s.routing().To = r.String()
		case "snoozed":
			s.snooze().Through = r.Uint()
		case "snoozed_until":
			readTime(r, &s.snooze().Until)
		case "woke":
			readTime(r, &s.snooze().WokeAt)
		case "owes":
			s.snooze().Owes = r.Bool()
		default:
			r.Fail()
		}
	}
}

func (a *Agent) readPlain(r *plainjson.Reader) {
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "user":
			a.User = r.String()
		case "name":
			a.Name = r.String()
		default:
			r.Fail()
		}
	}
}

func readTime(r *plainjson.Reader, t *time.Time) {
	if t.UnmarshalText(r.Raw()) != nil {
		r.Fail()
	}
}

// known returns the word that the bytes spell, which costs no allocation if it is one of
// these.
func known[T ~string](b []byte, words ...T) T {
	for _, w := range words {
		if string(b) == string(w) {
			return w
		}
	}
	return T(b)
}
