package teams

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
)

// Problem is why a team can't be so: a sentence for a person, and the field that it is about
// ("name", "members", "capacity", "fallback", "about", "words", or "" for none).
type Problem struct{ Field, Sentence string }

func (p *Problem) Error() string { return p.Sentence }

func wrong(field, format string, args ...any) error {
	return &Problem{field, fmt.Sprintf(format, args...)}
}

// ErrNotThere says that there is no such team (any longer).
var ErrNotThere = &Problem{"", "This team was deleted."}

// Put returns the set with a team added, if its id is empty, or in place of the one with its
// id. exists says whether there is such an account; members that were in the team before are
// not asked about: those that no longer exist go. The error is a *Problem.
func (s Set) Put(t Team, exists func(user string) bool) (Set, Team, error) {
	var was Team
	at := -1
	if t.ID != "" {
		if at = slices.IndexFunc(s.Teams, func(o Team) bool { return o.ID == t.ID }); at < 0 {
			return s, t, ErrNotThere
		}
		was = s.Teams[at]
	} else if len(s.Teams) >= MaxTeams {
		return s, t, wrong("", "There are %d teams, which is the most there can be.", MaxTeams)
	}
	var err error
	if t.Name, err = cleanName(t.Name); err != nil {
		return s, t, err
	}
	for i, o := range s.Teams {
		if i != at && sameName(o.Name, t.Name) {
			return s, t, wrong("name", "There is already a team called %s.", o.Name)
		}
	}
	if t.Members, err = cleanMembers(t.Members, was, exists); err != nil {
		return s, t, err
	}
	if t.Capacity < 0 || t.Capacity > MaxCapacity {
		return s, t, wrong("capacity", "A capacity is a number from 1 to %d, for each member. Leave it empty for the usual one.", MaxCapacity)
	}
	if err := s.checkFallback(t); err != nil {
		return s, t, err
	}
	if t.About, err = cleanAbout(t.About); err != nil {
		return s, t, err
	}
	if t.Words, err = cleanWords(t.Words); err != nil {
		return s, t, err
	}
	next := s
	next.Teams = slices.Clone(s.Teams)
	if at < 0 {
		t.ID = NewID()
		next.Teams = append(next.Teams, t)
	} else {
		next.Teams[at] = t
	}
	slices.SortFunc(next.Teams, byName)
	return next, t, next.checkSize(s)
}

// checkSize refuses a set that is too large to be kept, unless the one before was no smaller.
func (s Set) checkSize(before Set) error {
	size := s.bytes()
	if size <= MaxBytes || size <= before.bytes() {
		return nil
	}
	members := 0
	for _, t := range s.Teams {
		members += len(t.Members)
	}
	return wrong("members", "All teams together would take %d KB, and have room for %d KB: there are %d members in all. Take some out of a team first.", (size+1023)>>10, MaxBytes>>10, members)
}

// bytes is what the set takes as JSON.
func (s Set) bytes() int {
	data, _ := json.Marshal(s) // texts, numbers and times of this century always become JSON
	return len(data)
}

func byName(a, b Team) int {
	if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// Delete returns the set without a team, whose chats are from then on those of another one, or
// everybody's if into is empty. Teams that had it as their fallback have its own fallback. The
// error is a *Problem.
func (s Set) Delete(id, into string, now time.Time) (Set, error) {
	at := slices.IndexFunc(s.Teams, func(t Team) bool { return t.ID == id })
	if at < 0 {
		return s, ErrNotThere
	}
	if into == id {
		return s, wrong("into", "Its chats can't go to the team that is deleted.")
	}
	if into != "" && !slices.ContainsFunc(s.Teams, func(t Team) bool { return t.ID == into }) {
		return s, wrong("into", "The team that its chats should go to was deleted.")
	}
	gone := s.Teams[at]
	next := s
	next.Teams = slices.Delete(slices.Clone(s.Teams), at, at+1)
	for i := range next.Teams {
		if t := &next.Teams[i]; t.Fallback == id {
			if t.Fallback = gone.Fallback; t.Fallback == t.ID {
				t.Fallback = ""
			}
		}
	}
	next.Gone = append(slices.Clone(s.Gone), Gone{ID: id, Name: gone.Name, Into: into, At: now.UTC().Truncate(time.Millisecond)})
	next.Gone = next.Gone[max(0, len(next.Gone)-maxGone):]
	return next, nil
}

// cleanName returns the name as it is kept, white space as of one word after another.
func cleanName(name string) (string, error) {
	switch {
	case !utf8.ValidString(name):
		return "", wrong("name", "The name is not valid UTF-8.")
	case strings.ContainsFunc(name, unicode.IsControl), chat.Clean(name) != name:
		return "", wrong("name", "The name has control characters or others that can't be seen. Write it again without them.")
	}
	name = strings.Join(strings.Fields(name), " ")
	switch n := utf8.RuneCountInString(name); {
	case !strings.ContainsFunc(name, seen):
		return "", wrong("name", "A team needs a name.")
	case n > chat.MaxTeam:
		return "", wrong("name", "The name has %d characters; at most %d fit.", n, chat.MaxTeam)
	}
	return name, nil
}

func seen(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Z, unicode.M, unicode.Cf)
}

// cleanMembers returns the members in order, each once.
func cleanMembers(list []string, was Team, exists func(string) bool) ([]string, error) {
	kept := make([]string, 0, len(list))
	for _, user := range list {
		switch {
		case exists(user):
			kept = append(kept, user)
		case !was.Has(user):
			return nil, wrong("members", "There is no account %.40q.", user)
		}
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	if len(kept) > MaxMembers {
		return nil, wrong("members", "These are %d members; a team has at most %d.", len(kept), MaxMembers)
	}
	return kept, nil
}

// checkFallback refuses a fallback that is not there, and a circle.
func (s Set) checkFallback(t Team) error {
	if t.Fallback == "" {
		return nil
	}
	if t.Fallback == t.ID {
		return wrong("fallback", "A team can't be its own fallback.")
	}
	id := t.Fallback
	for range MaxTeams + 1 {
		i := slices.IndexFunc(s.Teams, func(o Team) bool { return o.ID == id })
		if i < 0 {
			if id == t.Fallback {
				return wrong("fallback", "The team that should be the fallback was deleted.")
			}
			return nil
		}
		if id = s.Teams[i].Fallback; id == "" {
			return nil
		}
		if id == t.ID {
			return wrong("fallback", "The fallback would lead back to %s. Choose another one.", t.Name)
		}
	}
	return nil
}
