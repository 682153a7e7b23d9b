package gateway

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/rights"
)

// Every look of a person into a chat is written down before it is answered. What can't be written
// down is not shown: the client reads that it is unavailable, and asks again.

// looked writes down what the agent is about to see. A chat that stays open is looked into once.
func (s *agentSession) looked(ctx context.Context, act audit.Act, id chat.ID, detail string) error {
	return s.g.conn.Audit().Write(ctx, audit.Entry{By: s.who.Agent().User, From: s.from.String(), Act: act, Chat: id, Detail: detail})
}

// listing says which list of chats an agent reads: more of it with each frame.
func listing(team string, further bool) string {
	parts := []string{"all chats"}
	if team != "" {
		parts[0] = "team " + strconv.Quote(team)
	}
	if further {
		parts = append(parts, "further down")
	}
	return strings.Join(parts, ", ")
}

// auditedFiles wraps what says which agents may have a file, for those who read one.
func (g *Gateway) auditedFiles(may func(*http.Request, chat.ID, rights.Act) (string, error)) func(*http.Request, chat.ID, rights.Act) (string, error) {
	return func(r *http.Request, id chat.ID, act rights.Act) (string, error) {
		user, err := may(r, id, act)
		if err != nil || act != rights.Read {
			return user, err
		}
		_, file, _ := strings.Cut(r.URL.Path, string(id)+"/")
		return user, g.conn.Audit().Write(r.Context(), audit.Entry{
			By: user, From: limit.ClientAddr(r, g.opts.TrustedProxies).String(), Act: audit.LookFile, Chat: id, Of: file,
		})
	}
}
