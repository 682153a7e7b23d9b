package teams

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// Version is the teams as they were from one change to the next.
type Version struct {
	Set
	Revision uint64    `json:"revision"` // counts the changes; 0: there never was a team
	By       string    `json:"by"`       // the admin's user name
	At       time.Time `json:"at"`
}

// Edited implements bus.Edition.
func (v Version) Edited() (revision uint64, by string) { return v.Revision, v.By }

// ConflictError says that somebody else changed the teams since they were read.
type ConflictError = bus.DocumentConflictError[Version]

// Site follows the teams, and changes them: see bus.Document. Its methods may be called
// concurrently.
type Site struct{ *bus.Document[Version] }

// New returns a Site that knows no team before Run. without says what does not work while the
// bucket can't be read, as a sentence without its full stop: for the log.
func New(conn *bus.Conn, without string) *Site {
	return &Site{bus.NewDocument[Version](conn, bus.DocumentPlace{Bucket: bus.SiteBucket, Key: "teams", Called: "the teams", Without: without})}
}

// Change replaces the teams of a revision by what change makes of them; its error is returned,
// and nothing is changed. If somebody else changed them since, the error is a *ConflictError.
// It returns once this process sees the change, or a second later.
func (s *Site) Change(ctx context.Context, revision uint64, by string, at time.Time, change func(Set) (Set, error)) (Version, error) {
	return s.Document.Change(ctx, revision, func(was Version) (Version, bool, error) {
		set, err := change(was.Set)
		return Version{Set: set, Revision: revision + 1, By: by, At: at.UTC().Truncate(time.Millisecond)}, true, err
	})
}
