package settings

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// Version is what the settings were from one change to the next.
type Version struct {
	Settings Settings `json:"settings"` // what admins set
	// Revision counts the changes; 0: nobody changed anything.
	Revision uint64    `json:"revision"`
	By       string    `json:"by"` // the admin's user name
	At       time.Time `json:"at"`
	// Names are the settings that this change changed.
	Names []string `json:"names,omitempty"`
}

// Edited implements bus.Edition.
func (v Version) Edited() (revision uint64, by string) { return v.Revision, v.By }

// ConflictError says that somebody else changed the settings since they were read.
type ConflictError = bus.DocumentConflictError[Version]

// Site follows the settings, and changes them: see bus.Document. Its methods may be called
// concurrently.
type Site struct {
	doc   *bus.Document[Version]
	first Settings
	teams func() ([]Offered, uint64)
}

// New returns a Site that knows the first values only, before Run.
func New(conn *bus.Conn, first Settings) *Site {
	return &Site{
		doc:   bus.NewDocument[Version](conn, bus.DocumentPlace{Bucket: bus.SiteBucket, Key: "settings", Called: "the settings", Without: "changed settings of the site are not in effect"}),
		first: first, teams: func() ([]Offered, uint64) { return nil, 0 },
	}
}

// Offering has the face show the teams that a function returns, with a revision that grows with
// each change of them. Call Offering before anything else; the function is called concurrently.
func (s *Site) Offering(teams func() ([]Offered, uint64)) { s.teams = teams }

// First are the values of the environment.
func (s *Site) First() Settings { return s.first }

// Now is the version that was seen last, without the first values.
func (s *Site) Now() Version { return *s.doc.Now() }

// Settings are those in effect.
func (s *Site) Settings() Settings { return s.doc.Now().Settings.Over(s.first) }

// Face is what the pages get of the settings in effect.
func (s *Site) Face() Face {
	v := s.Now()
	face := v.Settings.Over(s.first).Face()
	offered, revision := s.teams()
	face.Teams, face.Revision = offered, v.Revision+revision
	return face
}

// Revision is that of the face.
func (s *Site) Revision() uint64 {
	_, revision := s.teams()
	return s.doc.Now().Revision + revision
}

// Bot is the bot's name in effect. It allocates nothing.
func (s *Site) Bot() string {
	if set := s.doc.Now().Settings.Bot; set != "" {
		return set
	}
	return s.first.Bot
}

// OnChange has a function called with each version that is seen, in their order. It must
// be quick. Call OnChange before Run.
func (s *Site) OnChange(seen func(Version)) { s.doc.OnChange(seen) }

// Run follows the settings until the context ends.
func (s *Site) Run(ctx context.Context) error { return s.doc.Run(ctx) }

// Await waits until the settings were read, for so long at most.
func (s *Site) Await(ctx context.Context, most time.Duration) { s.doc.Await(ctx, most) }

// Read returns the settings as the bucket has them.
func (s *Site) Read(ctx context.Context) (Version, error) { return s.doc.Read(ctx) }

// Change replaces the settings of a revision, which must have been checked. If somebody
// else changed them since, the error is a *ConflictError, and nothing is changed. It
// returns once this process sees the change, or a second later.
func (s *Site) Change(ctx context.Context, to Settings, revision uint64, by string, at time.Time) (Version, error) {
	return s.doc.Change(ctx, revision, func(was Version) (Version, bool, error) {
		next := Version{Settings: to, Revision: revision + 1, By: by, At: at.UTC().Truncate(time.Millisecond), Names: Changed(was.Settings, to)}
		return next, len(next.Names) > 0, nil
	})
}
