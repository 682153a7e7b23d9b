package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// The teams of a run. Passing is made and deleted again and again.
const (
	ByHand  = "Sales"   // takes its chats itself
	Given   = "Billing" // is given its chats; ByHand stands in for it
	Passing = "Passing"
)

// Keeper is the admin who makes, changes and deletes the teams of a run. Nobody else does, so it
// knows all that they ever were. Its methods may be called concurrently, except Begin and Keep.
type Keeper struct {
	admin maker
	r     *rand.Rand
	users []string

	mu       sync.Mutex // guards what follows
	versions []history.Teams
	revision uint64
}

// NewKeeper returns a keeper of teams of those accounts, two at least.
func NewKeeper(gateways func() []string, password string, users []string, r *rand.Rand) *Keeper {
	return &Keeper{admin: maker{gateways: gateways, password: password}, r: r, users: users}
}

// Begin makes the teams that stay. It tries until the context ends.
func (k *Keeper) Begin(ctx context.Context) error {
	third := max(1, len(k.users)/3) // the rest are in neither
	if err := k.make(ctx, teamRequest{Name: ByHand, Members: k.users[:third]}); err != nil {
		return err
	}
	return k.make(ctx, teamRequest{Name: Given, Members: k.users[third : 2*third], Automatic: true, Fallback: k.id(ByHand)})
}

// Keep makes and deletes the third team until the context ends.
func (k *Keeper) Keep(ctx context.Context) error {
	for ctx.Err() == nil {
		fallback := []string{"", k.id(ByHand), k.id(Given)}[k.r.IntN(3)]
		two := k.r.Perm(len(k.users))[:2]
		err := k.make(ctx, teamRequest{Name: Passing, Members: []string{k.users[two[0]], k.users[two[1]]}, Automatic: k.r.IntN(2) == 0, Fallback: fallback})
		if err == nil && wire.Wait(ctx, time.Duration(2+k.r.IntN(5))*time.Second) {
			err = k.delete(ctx, k.id(Passing), []string{"", k.id(ByHand), k.id(Given)}[k.r.IntN(3)])
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("keep the teams: %w", err)
		}
		wire.Wait(ctx, time.Duration(k.r.IntN(2000))*time.Millisecond)
	}
	return nil
}

// Teams are the versions so far.
func (k *Keeper) Teams() []history.Teams {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.versions)
}

// Serves reports whether the account is a member of the team in whose line the chats of that one
// are, or of none's.
func (k *Keeper) Serves(team, user string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.versions) == 0 {
		return true
	}
	now := k.versions[len(k.versions)-1]
	for range len(now.Gone) + 1 {
		for _, t := range now.Teams {
			if t.ID == team {
				return slices.Contains(t.Members, user)
			}
		}
		team = now.Gone[team]
	}
	return true
}

// IDs are the ids of all teams that there were, also of those that were deleted.
func (k *Keeper) IDs() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.versions) == 0 {
		return nil
	}
	now := k.versions[len(k.versions)-1]
	ids := slices.Sorted(maps.Keys(now.Gone))
	ids = ids[max(0, len(ids)-1):] // one of them is enough
	for _, t := range now.Teams {
		ids = append(ids, t.ID)
	}
	return ids
}

// id is the id of the team of that name now, or "".
func (k *Keeper) id(name string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.versions) > 0 {
		for _, t := range k.versions[len(k.versions)-1].Teams {
			if t.Name == name {
				return t.ID
			}
		}
	}
	return ""
}

// teamRequest is a team as the interface takes it.
type teamRequest struct {
	Name      string   `json:"name"`
	Members   []string `json:"members"`
	Fallback  string   `json:"fallback"`
	Automatic bool     `json:"automatic"`
}

// teamsAnswer is what the interface says of the teams.
type teamsAnswer struct {
	Teams    []history.Team `json:"teams"`
	Revision uint64         `json:"revision"`
}

func (k *Keeper) make(ctx context.Context, team teamRequest) error {
	return k.change(ctx, http.MethodPost, "/api/teams", map[string]any{"team": team}, nil)
}

func (k *Keeper) delete(ctx context.Context, id, into string) error {
	return k.change(ctx, http.MethodDelete, "/api/teams/"+id, map[string]any{"into": into}, map[string]string{id: into})
}

// change makes one change, and records what the teams are since. Whether a request that was not
// answered was carried out is asked: as nobody else changes anything, the revision tells.
func (k *Keeper) change(ctx context.Context, method, path string, body map[string]any, gone map[string]string) error {
	from := time.Now()
	body["revision"] = k.revision
	for {
		var now teamsAnswer
		err := k.admin.ask(ctx, method, path, body, &now)
		if err != nil {
			if asked := k.admin.ask(ctx, http.MethodGet, "/api/teams", nil, &now); asked != nil {
				now.Revision = 0 // not known
			}
		}
		switch no, is := errors.AsType[*RefusedError](err); {
		case now.Revision == k.revision+1:
			k.mu.Lock()
			defer k.mu.Unlock()
			next := history.Teams{From: from, Known: time.Now(), Teams: now.Teams, Gone: map[string]string{}}
			if n := len(k.versions); n > 0 {
				maps.Copy(next.Gone, k.versions[n-1].Gone)
			}
			maps.Copy(next.Gone, gone)
			k.versions, k.revision = append(k.versions, next), now.Revision
			return nil
		case now.Revision > k.revision+1:
			return fmt.Errorf("%s %s: the teams are at revision %d, and only %d were made", method, path, now.Revision, k.revision)
		case is && no.Status < 500 && no.After == 0 && no.Status != http.StatusConflict && no.Status != http.StatusUnauthorized:
			return err
		}
		if !wire.Wait(ctx, 200*time.Millisecond) {
			return fmt.Errorf("%s %s: %w", method, path, ctx.Err())
		}
	}
}

// ask makes one request as the admin, at one gateway.
func (m *maker) ask(ctx context.Context, method, path string, body, into any) error {
	all := m.gateways()
	if len(all) == 0 {
		return errors.New("no gateway serves")
	}
	base := all[m.at%len(all)]
	err := m.signedIn(ctx, base)
	if err == nil {
		err = Do(ctx, method, base, path, m.cookie, body, into)
	}
	if no, is := errors.AsType[*RefusedError](err); err != nil && !is {
		m.at++ // another gateway
	} else if is && no.Status == http.StatusUnauthorized {
		m.cookie = nil
	}
	return err
}
