package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

// shownTeam is a team as admins read it.
type shownTeam struct {
	teams.Team
	Members []string `json:"members"`
	Waiting int      `json:"waiting"` // how many chats wait in its line
}

// teamsVersion is all teams as admins read them.
type teamsVersion struct {
	Teams    []shownTeam `json:"teams"`
	Ask      bool        `json:"ask"`          // visitors choose one
	Own      bool        `json:"own"`          // agents read the chats of their own teams only
	Revision uint64      `json:"revision"`     // to be given with a change
	By       string      `json:"by,omitempty"` // whoever made the last change
	At       int64       `json:"at,omitempty"` // when, in milliseconds
}

func (a *api) teamsVersion(v teams.Version) teamsVersion {
	shown := teamsVersion{Teams: make([]shownTeam, 0, len(v.Teams)), Ask: v.Ask, Own: v.Own, Revision: v.Revision, By: v.By}
	for _, t := range v.Teams {
		one := shownTeam{Team: t, Members: append([]string{}, t.Members...)}
		if a.Waiting != nil {
			one.Waiting = a.Waiting(t.ID)
		}
		shown.Teams = append(shown.Teams, one)
	}
	if !v.At.IsZero() {
		shown.At = v.At.UnixMilli()
	}
	return shown
}

func (a *api) readTeams(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	v, err := a.Teams.Read(r.Context())
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, a.teamsVersion(v))
	return nil
}

// teamRequest is a team in a request. A capacity that is left out is not set; 0 is none.
type teamRequest struct {
	Name      string   `json:"name"`
	Members   []string `json:"members"`
	Capacity  *int     `json:"capacity"`
	Fallback  string   `json:"fallback"`
	Automatic bool     `json:"automatic"`
	About     string   `json:"about"`
	Words     []string `json:"words"`
}

func (t teamRequest) team(id string) teams.Team {
	to := teams.Team{ID: id, Name: t.Name, Members: t.Members, Fallback: t.Fallback, Automatic: t.Automatic, About: t.About, Words: t.Words}
	if t.Capacity != nil {
		if to.Capacity = *t.Capacity; to.Capacity <= 0 {
			to.Capacity = -1 // which teams.Set refuses, with its sentence
		}
	}
	return to
}

func (a *api) makeTeam(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	return a.putTeam(w, r, by, "", http.StatusCreated, "team made")
}

func (a *api) changeTeam(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	return a.putTeam(w, r, by, r.PathValue("id"), http.StatusOK, "team changed")
}

func (a *api) putTeam(w http.ResponseWriter, r *http.Request, by accounts.Agent, id string, status int, done string) error {
	var req struct {
		Revision uint64      `json:"revision"`
		Team     teamRequest `json:"team"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	exists, disabled, err := a.accountsThere(r.Context())
	if err != nil {
		return err
	}
	var put teams.Team
	return a.changeTeams(w, r, by, req.Revision, status, func(s teams.Set) (teams.Set, error) {
		s, put, err = s.Put(req.Team.team(id), exists)
		return s.WithOff(disabled), err
	}, func(v teams.Version) {
		a.Log.Info().Str("by", by.User).Str("team", put.ID).Str("name", put.Name).Strs("members", put.Members).Int("capacity", put.Capacity).Str("fallback", put.Fallback).Bool("automatic", put.Automatic).Uint64("revision", v.Revision).Msg(done)
	})
}

// deleteTeam deletes a team. Where its chats go is part of the same change: there is no moment
// at which they are nowhere. If some wait, the request has to say it.
func (a *api) deleteTeam(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	var req struct {
		Revision uint64  `json:"revision"`
		Into     *string `json:"into"` // the id of a team; empty: everybody's
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	id, into := r.PathValue("id"), ""
	if req.Into != nil {
		into = *req.Into
	} else if a.Waiting != nil && a.Waiting(id) > 0 {
		return refuse(codes.TeamWaits, codes.Sentence(codes.TeamWaits))
	}
	var gone teams.Team
	return a.changeTeams(w, r, by, req.Revision, http.StatusOK, func(s teams.Set) (teams.Set, error) {
		gone, _ = s.Of(id)
		return s.Delete(id, into, a.Now())
	}, func(v teams.Version) {
		a.Log.Info().Str("by", by.User).Str("team", id).Str("name", gone.Name).Str("into", into).Uint64("revision", v.Revision).Msg("team deleted")
	})
}

// askTeam sets whether visitors choose a team, and whether agents read only what is of theirs.
func (a *api) askTeam(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	var req struct {
		Revision uint64 `json:"revision"`
		Ask      *bool  `json:"ask"`
		Own      *bool  `json:"own"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	return a.changeTeams(w, r, by, req.Revision, http.StatusOK, func(s teams.Set) (teams.Set, error) {
		if req.Ask != nil {
			s.Ask = *req.Ask
		}
		if req.Own != nil {
			s.Own = *req.Own
		}
		return s, nil
	}, func(v teams.Version) {
		a.Log.Info().Str("by", by.User).Bool("ask", v.Ask).Bool("own", v.Own).Uint64("revision", v.Revision).Msg("whether visitors choose a team, or agents read only those of theirs, was changed")
	})
}

// changeTeams makes a change, if the teams are still those of the revision that the request
// names, and answers with what they are then. done is called if it is made, for the log.
func (a *api) changeTeams(w http.ResponseWriter, r *http.Request, by accounts.Agent, revision uint64, status int, change func(teams.Set) (teams.Set, error), done func(teams.Version)) error {
	what := map[string]string{http.MethodPost: "made", http.MethodPut: "changed", http.MethodDelete: "deleted"}[r.Method]
	if err := a.audited(r, by, audit.TeamsChange, r.PathValue("id"), what); err != nil {
		return err
	}
	v, err := a.Teams.Change(r.Context(), revision, by.User, a.Now(), change)
	var conflict *teams.ConflictError
	var wrong *teams.Problem
	switch {
	case errors.As(err, &conflict):
		writeJSON(w, codes.Status(codes.Changed), struct {
			problem
			Now teamsVersion `json:"now"`
		}{problem{Code: codes.Changed, Message: "Somebody else changed the teams in the meantime. Nothing of yours was saved yet."}, a.teamsVersion(conflict.Now)})
	case errors.Is(err, teams.ErrNotThere):
		return refuse(codes.NotFound, teams.ErrNotThere.Sentence)
	case errors.As(err, &wrong):
		writeJSON(w, codes.Status(codes.BadSetting), struct {
			problem
			Fields settings.Problems `json:"fields"`
		}{problem{Code: codes.BadSetting, Message: wrong.Sentence}, settings.Problems{wrong.Field: wrong.Sentence}})
	case err != nil:
		return err
	default:
		done(v)
		writeJSON(w, status, a.teamsVersion(v))
	}
	return nil
}

// accountsThere returns functions that say whether there is an account of that name, and whether it
// is disabled.
func (a *api) accountsThere(ctx context.Context) (exists, disabled func(user string) bool, err error) {
	all, err := a.Accounts.List(ctx)
	if err != nil {
		return nil, nil, err
	}
	there := make(map[string]bool, len(all)) // and whether it is disabled
	for _, acc := range all {
		there[acc.User] = acc.Disabled
	}
	exists = func(user string) bool { _, is := there[user]; return is }
	return exists, func(user string) bool { return there[user] }, nil
}

// offTries is how often the teams are marked anew that admins change at the same time.
const offTries = 10

// markOff has the teams know which members can't sign in, after an account was disabled or is so no
// longer: nobody waits for those. Made again, it changes nothing.
func (a *api) markOff(ctx context.Context, by accounts.Agent) error {
	if a.Teams == nil {
		return nil
	}
	for range offTries {
		_, disabled, err := a.accountsThere(ctx)
		if err != nil {
			return err
		}
		was, err := a.Teams.Read(ctx)
		if err != nil {
			return err
		}
		if slices.Equal(was.WithOff(disabled).Off, was.Off) {
			return nil
		}
		_, err = a.Teams.Change(ctx, was.Revision, by.User, a.Now(), func(s teams.Set) (teams.Set, error) { return s.WithOff(disabled), nil })
		if _, conflict := errors.AsType[*teams.ConflictError](err); !conflict {
			return err
		}
	}
	return fmt.Errorf("say in the teams who can't sign in: they change all the time: %w", bus.ErrUnavailable)
}
