package chat

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/plainjson"
)

// The bounds of a card; lengths in characters (code points).
const (
	MaxTags       = 30
	MaxTag        = 64
	MaxAttributes = 30
	MaxKey        = 64
	MaxValue      = 256
	// MaxCardTitle is how long a chat's title may be, and maxLanguage the name of a language.
	MaxCardTitle = 256
	maxLanguage  = 35
)

// Card is what is written on a chat, beside what is said in it. Each event of the kind
// CardChange has the whole card after it, so the last one *is* the card: one read, no
// folding. It is for agents only. The zero Card is that of a chat on which nothing is
// written. Values are never changed; Apply returns a new one.
type Card struct {
	// Title is what the chat is about, in an agent's words.
	Title string `json:"title,omitempty"`
	// Tags are in the order in which they were added. No two differ in case only.
	Tags []string `json:"tags,omitempty"`
	// Attributes are in the order of their keys, of which each is there once.
	Attributes []Attribute `json:"attributes,omitempty"`
	// Address is where the visitor reads mail, as CleanEmail returns it, and Language the one
	// they speak, a tag such as "pt-BR".
	Address  string `json:"address,omitempty"`
	Language string `json:"language,omitempty"`
}

// Attribute is one thing that is known of the visitor, such as the plan they have.
type Attribute struct {
	Key   string   `json:"key"`
	Value string   `json:"value"`
	By    Informer `json:"by,omitempty"`
}

// Informer says who gave an attribute. An agent did if it is empty.
type Informer string

// Who gives attributes beside agents. What a page says of its visitor, anybody may have said;
// what is signed, only the site.
const (
	SaidByPage   Informer = "page"
	SignedBySite Informer = "signed"
)

// CardEdit is what somebody wants to change on a card. What is empty stays as it is.
type CardEdit struct {
	Add    []string `json:"add,omitempty"`    // tags
	Remove []string `json:"remove,omitempty"` // tags; one that is not there is none
	// Set gives attributes their values; one with an empty value is removed.
	Set []Attribute `json:"set,omitempty"`
	// These replace what is there; a single "-" empties it.
	Title    string `json:"title,omitempty"`
	Address  string `json:"address,omitempty"`
	Language string `json:"language,omitempty"`
}

// nothing, as a value of a CardEdit, empties what is there.
const nothing = "-"

// errNothing refuses an edit that says nothing.
var errNothing = &TextError{Sentence: "Nothing was said to be changed on the card."}

// Clean returns the edit as it is applied, or refuses it whole; the error is a *TextError that
// says which part is wrong. Whether the card has room for it, only Apply knows.
func (c CardEdit) Clean() (CardEdit, error) {
	var err error
	clean := func(what, s string, most int) string {
		text, bad := CleanLine(what, s, most)
		err = cmp.Or(err, bad)
		return text
	}
	next := CardEdit{Title: clean("title", c.Title, MaxCardTitle), Language: clean("language", c.Language, maxLanguage), Address: c.Address}
	if len(c.Add) > MaxTags || len(c.Remove) > MaxTags {
		return CardEdit{}, tooManyTags()
	}
	if len(c.Set) > MaxAttributes {
		return CardEdit{}, tooManyAttributes()
	}
	for _, tag := range c.Add {
		next.Add = append(next.Add, needed(clean, "tag", tag, MaxTag, &err))
	}
	for _, tag := range c.Remove {
		next.Remove = append(next.Remove, needed(clean, "tag", tag, MaxTag, &err))
	}
	for _, a := range c.Set {
		if a.By != "" && a.By != SaidByPage && a.By != SignedBySite {
			err = cmp.Or[error](err, &TextError{Sentence: fmt.Sprintf("%.20q is not one who gives attributes.", a.By)})
		}
		next.Set = append(next.Set, Attribute{Key: needed(clean, "name of an attribute", a.Key, MaxKey, &err), Value: clean("value of an attribute", a.Value, MaxValue), By: a.By})
	}
	if c.Address != "" && c.Address != nothing {
		address, bad := CleanEmail(c.Address)
		err, next.Address = cmp.Or(err, bad), address
	}
	if err == nil && len(next.Add)+len(next.Remove)+len(next.Set) == 0 && next.Title+next.Address+next.Language == "" {
		err = errNothing
	}
	if err != nil {
		return CardEdit{}, err
	}
	return next, nil
}

// needed is clean for what may not be empty.
func needed(clean func(what, s string, most int) string, what, s string, most int, err *error) string {
	text := clean(what, s, most)
	if text == "" {
		*err = cmp.Or[error](*err, &TextError{Sentence: fmt.Sprintf("There is nothing in this %s.", what)})
	}
	return text
}

// CleanLine cleans what is shown on one line, and refuses what has more than that many characters
// or can't be read; of what nobody sees nothing is left. The error is a *TextError, which calls it
// by the given name.
func CleanLine(what, s string, most int) (string, error) {
	if !utf8.ValidString(s) {
		return "", &TextError{Sentence: fmt.Sprintf("This %s is not valid UTF-8.", what)}
	}
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if !strings.ContainsFunc(s, seen) {
		return "", nil
	}
	if n := utf8.RuneCountInString(s); n > most {
		return "", &TextError{TooLong: true, Sentence: fmt.Sprintf("This %s has %d characters; it can have %d.", what, n, most)}
	}
	return s, nil
}

func tooManyTags() error {
	return &TextError{TooLong: true, Sentence: fmt.Sprintf("A chat can have %d tags. Remove one first.", MaxTags)}
}

func tooManyAttributes() error {
	return &TextError{TooLong: true, Sentence: fmt.Sprintf("A chat can have %d attributes. Remove one first.", MaxAttributes)}
}

// Apply returns the card after the edit, which Clean returned. It is refused with a *TextError
// if the card has no room for all of it, or if it changes an attribute that the site signed and
// is not the site's, and with ErrUnchanged if it changes nothing.
func (c Card) Apply(edit CardEdit) (Card, error) {
	next := c
	next.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(tag string) bool { return slices.ContainsFunc(edit.Remove, sameAs(tag)) })
	for _, tag := range edit.Add {
		if !slices.ContainsFunc(next.Tags, sameAs(tag)) {
			next.Tags = append(next.Tags, tag)
		}
	}
	if len(next.Tags) > MaxTags {
		return c, tooManyTags()
	}
	next.Attributes = slices.Clone(c.Attributes)
	for _, a := range edit.Set {
		at, known := slices.BinarySearchFunc(next.Attributes, a.Key, func(a Attribute, key string) int { return cmp.Compare(a.Key, key) })
		switch {
		case known && next.Attributes[at].By == SignedBySite && a.By != SignedBySite:
			return c, &TextError{Sentence: fmt.Sprintf("The site vouches for %q: only the site can change it.", a.Key)}
		case known && a.Value == "":
			next.Attributes = slices.Delete(next.Attributes, at, at+1)
		case known:
			next.Attributes[at] = a
		case a.Value != "":
			next.Attributes = slices.Insert(next.Attributes, at, a)
		}
	}
	if len(next.Attributes) > MaxAttributes {
		return c, tooManyAttributes()
	}
	replace(&next.Title, edit.Title)
	replace(&next.Address, edit.Address)
	replace(&next.Language, edit.Language)
	if len(next.Tags) == 0 {
		next.Tags = nil
	}
	if len(next.Attributes) == 0 {
		next.Attributes = nil
	}
	if next.Same(c) {
		return c, ErrUnchanged
	}
	return next, nil
}

func replace(old *string, by string) {
	switch by {
	case "":
	case nothing:
		*old = ""
	default:
		*old = by
	}
}

// sameAs reports whether a tag is that one: they differ in case at most.
func sameAs(tag string) func(string) bool {
	return func(other string) bool { return strings.EqualFold(tag, other) }
}

// Same reports whether both cards say the same.
func (c Card) Same(o Card) bool {
	return c.Title == o.Title && c.Address == o.Address && c.Language == o.Language && slices.Equal(c.Tags, o.Tags) && slices.Equal(c.Attributes, o.Attributes)
}

// size is about how many bytes the card takes in memory, or in JSON.
func (c *Card) size() int {
	if c == nil {
		return 0
	}
	n := 160 + len(c.Title) + len(c.Address) + len(c.Language)
	for _, tag := range c.Tags {
		n += 20 + len(tag)
	}
	for _, a := range c.Attributes {
		n += 72 + len(a.Key) + len(a.Value)
	}
	return n
}

// appendMember appends the card as a member of a JSON object that has members before it, in
// the bytes of encoding/json; nothing for no card. Cards are read with encoding/json: there
// are few of them.
func (c *Card) appendMember(b []byte) []byte {
	if c == nil {
		return b
	}
	b = append(b, `,"card":`...)
	before := len(b)
	b = plainjson.AppendMember(b, `,"title":`, c.Title)
	for i, tag := range c.Tags {
		b = plainjson.AppendString(append(b, separator(i, `,"tags":[`)...), tag)
	}
	if len(c.Tags) > 0 {
		b = append(b, ']')
	}
	for i, a := range c.Attributes {
		b = plainjson.AppendString(append(append(b, separator(i, `,"attributes":[`)...), `{"key":`...), a.Key)
		b = plainjson.AppendString(append(b, `,"value":`...), a.Value)
		b = append(plainjson.AppendMember(b, `,"by":`, string(a.By)), '}')
	}
	if len(c.Attributes) > 0 {
		b = append(b, ']')
	}
	b = plainjson.AppendMember(b, `,"address":`, c.Address)
	b = plainjson.AppendMember(b, `,"language":`, c.Language)
	if len(b) == before {
		return append(b, '{', '}')
	}
	b[before] = '{' // in place of the first comma
	return append(b, '}')
}
