package chat

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/plainjson"
)

// Parts are what an event may have beside its text. Most events have none, and pay nothing
// for it.
type Parts struct {
	// Passage is the whole passage of which a Reply's text is the sentence that answers, in
	// Markdown; empty if the text is all there is.
	Passage string `json:"passage,omitempty"`
	// Citations say where a Reply comes from.
	Citations []Citation `json:"sources,omitempty"`
	// Choices are what a Reply offers to press.
	Choices []Choice `json:"choices,omitempty"`
	// Choice is the id of the choice that was pressed to write a Message.
	Choice string `json:"choice,omitempty"`
	// Email belongs to a Request to LeaveEmail: one address, as CleanEmail returns it. It is
	// for agents only.
	Email string `json:"email,omitempty"`
	// Team is which team a Message, a Request to Escalate or a Reply that announces a person is
	// for, as the visitor's page, the visitor or the bot called it: an id or a name, of at most
	// MaxTeam characters. Whether there is such a team is found out when a person is asked for.
	Team string `json:"team,omitempty"`
	// Card belongs to a CardChange: the chat's card after it. It is for agents only.
	Card *Card `json:"card,omitempty"`
	// Files belong to a Message, a Say or a Note, in the order in which they were chosen. All of
	// them are stored before the event is.
	Files []File `json:"files,omitempty"`
}

// Citation is a page that a reply comes from.
type Citation struct {
	Title string `json:"title"`         // plain text, not Markdown
	URL   string `json:"url,omitempty"` // http or https; empty if nobody knows its address
}

// Choice is a button below a reply. Either it has an ID, which comes back in the message
// that its label is sent as, or it does something else.
type Choice struct {
	Label string `json:"label"` // plain text, not Markdown
	ID    string `json:"id,omitempty"`
	Do    Deed   `json:"do,omitempty"`
	// Team is the id of the team that DoEscalate asks a person of; empty: of any.
	Team string `json:"team,omitempty"`
}

// Deed is what a choice does instead of writing its label.
type Deed string

// DoEscalate asks for a person, as the page's own button does.
const DoEscalate Deed = "escalate"

// The bounds of parts; lengths in characters (code points).
const (
	MaxCitations = 5
	MaxChoices   = 5
	MaxLabel     = 120
	MaxTitle     = 240
	MaxURL       = 1000
	// MaxChoiceID is how many characters the id of a choice may have.
	MaxChoiceID = 64
	// MaxTeam is how many characters a team's name may have.
	MaxTeam = 64
)

// CheckChoice refuses what can't be the id of a choice: it has 1 to 64 printable ASCII
// characters without spaces. The error is a *TextError.
func CheckChoice(id string) error {
	if id == "" || len(id) > MaxChoiceID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return &TextError{Sentence: fmt.Sprintf("A choice is 1 to %d printable ASCII characters without spaces.", MaxChoiceID)}
	}
	return nil
}

// CheckParts refuses parts that are out of bounds, that a page could not show or press.
// Whoever writes them asks before; what is stored is not checked again.
func (p *Parts) CheckParts() error {
	switch {
	case p == nil:
		return nil
	case longer(p.Passage, MaxText):
		return errors.New("its passage is too long")
	case len(p.Citations) > MaxCitations:
		return fmt.Errorf("%d sources, at most %d", len(p.Citations), MaxCitations)
	case len(p.Choices) > MaxChoices:
		return fmt.Errorf("%d choices, at most %d", len(p.Choices), MaxChoices)
	}
	for _, c := range p.Citations {
		if c.Title == "" || longer(c.Title, MaxTitle) || longer(c.URL, MaxURL) || c.URL != "" && !isWeb(c.URL) {
			return errors.New("a source without a title, or with an address that is no web address")
		}
	}
	for _, c := range p.Choices {
		if c.Label == "" || longer(c.Label, MaxLabel) || (c.ID == "") == (c.Do == "") || c.Do != "" && c.Do != DoEscalate {
			return errors.New("a choice without a label, or that does nothing")
		}
		if c.Team != "" && (c.Do != DoEscalate || longer(c.Team, MaxTeam)) {
			return errors.New("a choice for a team that can't be asked for")
		}
		if c.ID != "" && CheckChoice(c.ID) != nil {
			return errors.New("a choice whose id can't be sent")
		}
	}
	if p.Choice != "" {
		return CheckChoice(p.Choice)
	}
	return checkFiles(p.Files)
}

// isWeb reports whether an address is one that a page may link to.
func isWeb(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

func longer(s string, most int) bool { return len(s) > most && utf8.RuneCountInString(s) > most }

// Size is about how many bytes the parts take in memory, or in JSON; 0 for none.
func (p *Parts) Size() int {
	if p == nil {
		return 0
	}
	n := 192 + len(p.Passage) + len(p.Choice) + len(p.Email) + len(p.Team) + p.Card.size()
	for _, c := range p.Citations {
		n += 48 + len(c.Title) + len(c.URL)
	}
	for _, c := range p.Choices {
		n += 80 + len(c.Label) + len(c.ID) + len(c.Team)
	}
	for i := range p.Files {
		n += p.Files[i].bytes()
	}
	return n
}

// AppendMembers appends the parts as members of a JSON object that has members before them,
// in the bytes of encoding/json; nothing for no parts.
func (p *Parts) AppendMembers(b []byte) []byte {
	if p == nil {
		return b
	}
	b = plainjson.AppendMember(b, `,"passage":`, p.Passage)
	for i := range p.Citations {
		b = append(b, separator(i, `,"sources":[`)...)
		b = plainjson.AppendString(append(b, `{"title":`...), p.Citations[i].Title)
		b = append(plainjson.AppendMember(b, `,"url":`, p.Citations[i].URL), '}')
	}
	if len(p.Citations) > 0 {
		b = append(b, ']')
	}
	for i := range p.Choices {
		b = append(b, separator(i, `,"choices":[`)...)
		b = plainjson.AppendString(append(b, `{"label":`...), p.Choices[i].Label)
		b = plainjson.AppendMember(b, `,"id":`, p.Choices[i].ID)
		b = plainjson.AppendMember(b, `,"do":`, string(p.Choices[i].Do))
		b = append(plainjson.AppendMember(b, `,"team":`, p.Choices[i].Team), '}')
	}
	if len(p.Choices) > 0 {
		b = append(b, ']')
	}
	b = plainjson.AppendMember(b, `,"choice":`, p.Choice)
	b = plainjson.AppendMember(b, `,"email":`, p.Email)
	return appendFiles(p.Card.appendMember(plainjson.AppendMember(b, `,"team":`, p.Team)), p.Files)
}

// separator is what stands before the i-th element of a list that opens like that.
func separator(i int, opening string) string {
	if i == 0 {
		return opening
	}
	return ","
}

// readCitations reads a list. One that is empty, or comes twice, is for encoding/json.
func (p *Parts) readCitations(r *plainjson.Reader) {
	if p.Citations != nil {
		r.Fail()
	}
	r.OpenList()
	for r.More() {
		var c Citation
		r.Open()
		for r.Next() {
			switch string(r.Key) {
			case "title":
				c.Title = r.String()
			case "url":
				c.URL = r.String()
			default:
				r.Fail()
			}
		}
		p.Citations = append(p.Citations, c)
	}
	if p.Citations == nil {
		r.Fail()
	}
}

// readChoices reads a list. One that is empty, or comes twice, is for encoding/json.
func (p *Parts) readChoices(r *plainjson.Reader) {
	if p.Choices != nil {
		r.Fail()
	}
	r.OpenList()
	for r.More() {
		var c Choice
		r.Open()
		for r.Next() {
			switch string(r.Key) {
			case "label":
				c.Label = r.String()
			case "id":
				c.ID = r.String()
			case "do":
				c.Do = known(r.Raw(), DoEscalate)
			case "team":
				c.Team = r.String()
			default:
				r.Fail()
			}
		}
		p.Choices = append(p.Choices, c)
	}
	if p.Choices == nil {
		r.Fail()
	}
}
