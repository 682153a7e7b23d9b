package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// fetchTries is how often a file is fetched that can't be.
const fetchTries = 5

// fetch fetches each file of the store's messages from a gateway, as an agent, and notes what it is.
func (r *result) fetch(ctx context.Context, sys *system.System) error {
	if r.p.old != "" || r.p.files == 0 {
		return nil
	}
	events, err := history.Read[history.Event](filepath.Join(r.p.dir, history.StoreFile))
	if err != nil {
		return err
	}
	var all []history.Fetched
	var names []string
	for _, e := range events {
		for _, f := range history.ReadAttached(e.Files) {
			all = append(all, history.Fetched{Chat: e.Chat, ID: f.ID})
			names = append(names, e.Chat+"."+f.ID)
		}
	}
	left, err := dump.AwaitFiles(ctx, sys.NATSURL(), names, min(patience, r.p.quiet))
	if err != nil {
		return err
	}
	gateways := sys.Gateways()
	if len(all) == 0 || len(gateways) == 0 {
		return nil
	}
	cookie, err := agent.Login(ctx, gateways[0], "admin", system.AdminPassword)
	if err != nil {
		return fmt.Errorf("sign in to fetch files: %w", err)
	}
	for i := range all {
		f := &all[i]
		f.Left = left[names[i]]
		for try := 1; ; try++ {
			f.Status, f.Hash, f.Size = get(ctx, gateways[i%len(gateways)], *f, cookie)
			if f.Status == http.StatusOK || f.Status == http.StatusNotFound || try == fetchTries || !wire.Wait(ctx, time.Second) {
				break
			}
		}
		f.Public, _, _ = get(ctx, gateways[i%len(gateways)], *f, nil)
		r.fetched++
		r.fetchedBytes += f.Size
	}
	return history.Write(filepath.Join(r.p.dir, history.FetchedFile), all)
}

// get returns the status of a file, 0 for none, and what its bytes are.
func get(ctx context.Context, base string, f history.Fetched, cookie *http.Cookie) (status int, hash string, size int64) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/files/"+f.Chat+"/"+f.ID, nil)
	if err != nil {
		return 0, "", 0
	}
	if cookie != nil {
		req.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", 0
	}
	defer func() { _ = resp.Body.Close() }()
	sum := sha256.New()
	size, err = io.Copy(sum, resp.Body)
	if err != nil {
		return 0, "", size
	}
	return resp.StatusCode, base64.RawURLEncoding.EncodeToString(sum.Sum(nil)), size
}

// withFiles is the share of messages with files: an earlier version knows none.
func (p plan) withFiles() float64 {
	if p.old != "" {
		return 0
	}
	return p.files
}
