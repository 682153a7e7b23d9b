package mongostore

import (
	"strconv"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// event is a chat.Event as a document. Times are nanoseconds (digest.Nanos),
// because a BSON date has milliseconds only.
type event struct {
	ID   string `bson:"_id"`
	Chat string `bson:"chat"`
	Seq  int64  `bson:"seq"`
	At   int64  `bson:"at"`
	// Key is unique in the chat: the author's role and the client's id, or the sequence
	// if there is no client id. Every document has it, so it needs no partial index.
	Key      string  `bson:"key"`
	Kind     string  `bson:"kind"`
	ClientID string  `bson:"id,omitempty"`
	From     speaker `bson:"from"`
	Text     string  `bson:"text,omitempty"`
	Parts    *parts  `bson:"parts,omitempty"`
	Aside    bool    `bson:"aside,omitempty"`
	What     string  `bson:"what,omitempty"`
	Score    int64   `bson:"score,omitempty"`
	Covers   int64   `bson:"covers,omitempty"`
	Out      bool    `bson:"out"` // whether it carries a state
	State    *state  `bson:"state,omitempty"`
	Reason   string  `bson:"reason,omitempty"`
}

// parts are chat.Parts as a document.
type parts struct {
	Passage string     `bson:"passage,omitempty"`
	Sources []citation `bson:"sources,omitempty"`
	Choices []choice   `bson:"choices,omitempty"`
	Choice  string     `bson:"choice,omitempty"`
	Email   string     `bson:"email,omitempty"`
	Team    string     `bson:"team,omitempty"`
	Card    *eventCard `bson:"card,omitempty"`
	Files   []file     `bson:"files,omitempty"`
}

// file is a chat.File as a document.
type file struct {
	ID     string `bson:"id"`
	Name   string `bson:"name"`
	Type   string `bson:"type"`
	Size   int64  `bson:"size"`
	Hash   string `bson:"hash"`
	Width  int    `bson:"width,omitempty"`
	Height int    `bson:"height,omitempty"`
	Thumb  bool   `bson:"thumb,omitempty"`
	Alt    string `bson:"alt,omitempty"`
}

// eventCard is a chat.Card as a document.
type eventCard struct {
	Title      string           `bson:"title,omitempty"`
	Tags       []string         `bson:"tags,omitempty"`
	Attributes []eventAttribute `bson:"attributes,omitempty"`
	Address    string           `bson:"address,omitempty"`
	Language   string           `bson:"language,omitempty"`
}

type eventAttribute struct {
	Key   string        `bson:"key"`
	Value string        `bson:"value"`
	By    chat.Informer `bson:"by,omitempty"`
}

type citation struct {
	Title string `bson:"title"`
	URL   string `bson:"url,omitempty"`
}

type choice struct {
	Label string    `bson:"label"`
	ID    string    `bson:"id,omitempty"`
	Do    chat.Deed `bson:"do,omitempty"`
	Team  string    `bson:"team,omitempty"`
}

type speaker struct {
	Role string `bson:"role"`
	Name string `bson:"name,omitempty"`
	User string `bson:"user,omitempty"`
}

type state struct {
	Status          string `bson:"status,omitempty"`
	Agent           *agent `bson:"agent,omitempty"`
	AnsweredThrough int64  `bson:"through"`
	RequestsThrough int64  `bson:"asks,omitempty"`
	Since           int64  `bson:"since"`
	Asked           int64  `bson:"asked"`
	Visitor         string `bson:"visitor,omitempty"`
	Visit           int64  `bson:"visit,omitempty"`
	Named           bool   `bson:"named,omitempty"`
	Moved           string `bson:"moved,omitempty"`
	Handover        bool   `bson:"handover,omitempty"`
	Email           string `bson:"email,omitempty"`
	Missed          int64  `bson:"missed,omitempty"`
	MissedAt        int64  `bson:"missed_at,omitempty"`
	Team            string `bson:"team,omitempty"`
	Snooze          snooze `bson:",inline"`
}

type agent struct {
	User string `bson:"user"`
	Name string `bson:"name"`
}

func eventID(id chat.ID, seq uint64) string {
	return string(id) + "/" + strconv.FormatUint(seq, 10)
}

// clientKey can't be mistaken for a sequence's key, which has no slash.
func clientKey(role chat.Role, clientID string) string { return string(role) + "/" + clientID }

func key(e chat.Event) string {
	if e.ID == "" {
		return "#" + strconv.FormatUint(e.Seq, 10)
	}
	return clientKey(e.From.Role, e.ID)
}

func fromEvent(e chat.Event) event {
	d := event{
		ID: eventID(e.Chat, e.Seq), Chat: string(e.Chat), Seq: int64(e.Seq), At: digest.Nanos(e.At), Key: key(e),
		Kind: string(e.Kind), ClientID: e.ID,
		From: speaker{Role: string(e.From.Role), Name: e.From.Name, User: e.From.User},
		Text: e.Text, Aside: e.Aside, What: string(e.Request), Score: int64(e.Score), Covers: int64(e.Covers),
		Out: e.State != nil, Reason: string(e.Reason),
	}
	if e.Parts != nil {
		d.Parts = fromParts(e.Parts)
	}
	if s := e.State; s != nil {
		d.State = &state{
			Status: string(s.Status), AnsweredThrough: int64(s.AnsweredThrough), RequestsThrough: int64(s.RequestsThrough),
			Since: digest.Nanos(s.Since), Asked: digest.Nanos(s.Asked),
			Visitor: s.Visitor, Visit: int64(s.Visit), Named: s.Named, Moved: string(s.Moved), Handover: s.Handover, Email: s.Email(), Team: s.Team(),
		}
		if request, since := s.Missed(); request != 0 {
			d.State.Missed, d.State.MissedAt = int64(request), digest.Nanos(since)
		}
		if s.Snooze != nil {
			d.State.Snooze = fromSnooze(s.Snooze)
		}
		if s.Agent != nil {
			d.State.Agent = &agent{User: s.Agent.User, Name: s.Agent.Name}
		}
	}
	return d
}

func (d event) event() chat.Event {
	e := chat.Event{
		Chat: chat.ID(d.Chat), Seq: uint64(d.Seq), At: digest.Time(d.At), Kind: chat.Kind(d.Kind), ID: d.ClientID,
		From: chat.Speaker{Role: chat.Role(d.From.Role), Name: d.From.Name, User: d.From.User},
		Text: d.Text, Aside: d.Aside, Request: chat.RequestKind(d.What), Score: int(d.Score), Covers: uint64(d.Covers), Reason: chat.Reason(d.Reason),
	}
	if d.Parts != nil {
		e.Parts = d.Parts.parts()
	}
	if s := d.State; s != nil {
		e.State = &chat.State{
			Status: chat.Status(s.Status), AnsweredThrough: uint64(s.AnsweredThrough), RequestsThrough: uint64(s.RequestsThrough),
			Since: digest.Time(s.Since), Asked: digest.Time(s.Asked),
			Visitor: s.Visitor, Visit: uint64(s.Visit), Named: s.Named, Moved: chat.Region(s.Moved), Handover: s.Handover,
		}
		if s.Email != "" {
			e.State.Left = &chat.Left{Address: s.Email}
		}
		if s.Missed != 0 {
			e.State.Left = &chat.Left{Address: s.Email, Request: uint64(s.Missed), At: digest.Time(s.MissedAt)}
		}
		if s.Team != "" {
			e.State.Routing = &chat.Routing{To: s.Team}
		}
		if s.Snooze != (snooze{}) {
			e.State.Snooze = s.Snooze.snooze()
		}
		if s.Agent != nil {
			e.State.Agent = &chat.Agent{User: s.Agent.User, Name: s.Agent.Name}
		}
	}
	return e
}

func fromParts(p *chat.Parts) *parts {
	d := &parts{Passage: p.Passage, Choice: p.Choice, Email: p.Email, Team: p.Team}
	for _, c := range p.Citations {
		d.Sources = append(d.Sources, citation(c))
	}
	for _, c := range p.Choices {
		d.Choices = append(d.Choices, choice(c))
	}
	if c := p.Card; c != nil {
		d.Card = &eventCard{Title: c.Title, Tags: c.Tags, Address: c.Address, Language: c.Language}
		for _, a := range c.Attributes {
			d.Card.Attributes = append(d.Card.Attributes, eventAttribute(a))
		}
	}
	for _, f := range p.Files {
		d.Files = append(d.Files, file(f))
	}
	return d
}

func (d *parts) parts() *chat.Parts {
	p := &chat.Parts{Passage: d.Passage, Choice: d.Choice, Email: d.Email, Team: d.Team}
	for _, c := range d.Sources {
		p.Citations = append(p.Citations, chat.Citation(c))
	}
	for _, c := range d.Choices {
		p.Choices = append(p.Choices, chat.Choice(c))
	}
	if c := d.Card; c != nil {
		p.Card = &chat.Card{Title: c.Title, Tags: c.Tags, Address: c.Address, Language: c.Language}
		for _, a := range c.Attributes {
			p.Card.Attributes = append(p.Card.Attributes, chat.Attribute(a))
		}
	}
	for _, f := range d.Files {
		p.Files = append(p.Files, chat.File(f))
	}
	return p
}

func toEvents(docs []event) []chat.Event {
	events := make([]chat.Event, len(docs))
	for i, d := range docs {
		events[i] = d.event()
	}
	return events
}
