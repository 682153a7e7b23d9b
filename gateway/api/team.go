package api

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/limit"
)

// Team is what anybody may know of who answers. Visitors see it before their chat begins.
type Team struct {
	// Online are the display names of some who have the console open and are not away, sorted, at most
	// maxTeam of them; Count is how many there are.
	Online []string `json:"online"`
	Count  int      `json:"count"`
	// AboutMS is how long somebody who asks for a person now waits, in milliseconds and
	// whole minutes; 0: not known.
	AboutMS int64 `json:"about_ms,omitempty"`
	// FaceRevision is that of the face that a page should have: a page without a chat has no
	// connection that would tell it.
	FaceRevision uint64 `json:"face_revision,omitempty"`
}

const (
	maxTeam = 5
	// teamFor is how long one look at who is online is shown to all, so that many who ask
	// cost nothing.
	teamFor = 5 * time.Second
)

// seenTeam is a look at who is online.
type seenTeam struct {
	at   time.Time
	team Team
}

// teamCache is the last look. Its zero value has none.
type teamCache struct{ last atomic.Pointer[seenTeam] }

// team tells anybody who is available: display names, which visitors see when an agent
// answers them, and nothing else of the accounts.
func (a *api) team(w http.ResponseWriter, r *http.Request) error {
	if wait, ok := a.lookers.Allow(limit.ClientAddr(r, a.Trusted)); !ok {
		return tooSoonFor(wait, admission.TooManyLooks)
	}
	now := a.now()
	seen := a.teams.last.Load()
	if seen == nil || now.Sub(seen.at) >= teamFor || now.Before(seen.at) {
		seen = &seenTeam{at: now, team: a.lookAtTeam()}
		a.teams.last.Store(seen)
	}
	w.Header().Set("Cache-Control", "public, max-age=5")
	writeJSON(w, http.StatusOK, seen.team)
	return nil
}

// lookAtTeam asks who is available.
func (a *api) lookAtTeam() Team {
	t := Team{Online: []string{}}
	seen := map[string]bool{}
	for _, agent := range a.Available() {
		t.Count++
		if len(t.Online) < maxTeam && agent.Name != "" && !seen[agent.Name] {
			seen[agent.Name] = true
			t.Online = append(t.Online, agent.Name)
		}
	}
	if a.Settings != nil {
		t.FaceRevision = a.Settings.Revision()
	}
	if a.About != nil && t.Count > 0 {
		t.AboutMS = a.About().Milliseconds()
	}
	return t
}

// now is the time by the API's clock.
func (a *api) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}
