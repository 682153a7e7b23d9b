package gateway

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
)

// Nobody else answers here: what the gateway let through would come back as unavailable.
func TestTheGatewayLetsNoFrameThroughThatTheRoleMayNotSend(t *testing.T) {
	t.Parallel()
	bc := bustest.Conn(t)
	all, err := accounts.Open(t.Context(), bc, accounts.Options{Cost: accounts.Cost{Memory: 64, Passes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	const password = "correct horse battery"
	tried := 0
	for _, role := range rights.Roles {
		g := New(Options{Metrics: prometheus.NewRegistry(), RatePerConnection: 1000, RatePerAddress: 1000, Log: zerolog.Nop()}, bc)
		sock, client := conntest.Pair(t)
		limits := g.admission.Client(localhost, "")
		s := g.newAgentSession(sock, &limits)
		if err := all.Create(t.Context(), accounts.New{User: string(role), Name: "Ann", Role: role, Password: password}); err != nil {
			t.Fatal(err)
		}
		agent, err := all.SignIn(t.Context(), string(role), password)
		if err != nil {
			t.Fatal(err)
		}
		who, forget := console.NewRevocation(all, func(*console.SignedIn, accounts.Agent) {}).Keep(sock, agent)
		s.who = who
		g.sessions.Go(func() { s.serve(t.Context(), s.handle) })
		t.Cleanup(func() { forget(); sock.Abort(); g.sessions.Wait() })
		for _, k := range frame.Kinds {
			if k.From&frame.Agent == 0 || role.May(k.May) {
				continue
			}
			tried++
			data, _ := json.Marshal(map[string]any{"t": k.Name, "id": k.Name, "chat": "aaaaaaaaaaaaaaaa", "to": "grace", "text": "x"})
			if err := client.WriteMessage(websocket.TextMessage, data); err != nil {
				t.Fatal(err)
			}
			_ = client.SetReadDeadline(time.Now().Add(bustest.Patience))
			var got struct{ Code, Message string }
			if err := client.ReadJSON(&got); err != nil || got.Code != codes.NotAllowed || got.Message != rights.Refusal(k.May) {
				t.Errorf("%s by a %s: %+v, %v", k.Name, role, got, err)
			}
		}
	}
	if tried < 14 {
		t.Errorf("only %d tries", tried)
	}
}
