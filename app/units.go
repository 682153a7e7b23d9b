package app

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/botworker/meter"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/files"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/logging"
	"github.com/parley-chat/parley/pkg/wish"
	"github.com/parley-chat/parley/web"
)

// unit is a replica of a role that is ready to run.
type unit struct {
	// run runs it until its context ends.
	run func(context.Context) error
	// ready says in a sentence why the replica can't do its work now, or returns nil.
	// It is nil for the gateway, which reports that itself once it serves.
	ready func() error
}

// starter makes a unit on a connection, which is nil for a role apart from NATS.
type starter func(ctx context.Context, s *system, conn *bus.Conn) (unit, error)

// wiring has for each role of the table a function that prepares a replica before
// anything is connected: an error that the user can correct is found there, and its
// sentence names the setting.
var wiring = map[string]func(ctx context.Context, s *system) (starter, error){
	"gateway": prepareGateway, "botworker": prepareBotworker, "escalation": prepareEscalation, "historyworker": prepareHistoryworker,
	"web": prepareWeb,
}

func prepareGateway(_ context.Context, s *system) (starter, error) {
	scan, err := files.ParseScanner(s.FileScan)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, s *system, conn *bus.Conn) (unit, error) {
		keep, announced := s.keepPassword(logging.Terminal(os.Stdout))
		var g *gateway.Gateway
		g = gateway.New(gateway.Options{
			Server: s.front, Pages: web.Files, Regions: s.regions(conn, "visitors and agents here can't read or write in the chats of the region "), CopyOf: s.Copies(), BotName: s.BotName, VisitorAuth: identity.Mode(s.VisitorAuth), TokenKey: []byte(s.TokenKey), TokenIssuer: s.TokenIssuer, AdminPassword: s.AdminPassword,
			Words: wish.NewWords(s.Phrases()...), AllowedOrigins: s.origins, TrustedProxies: s.proxies, Site: s.site, RatePerConnection: s.RatePerConnection, RatePerAddress: s.RatePerAddress,
			MaxConnections: s.MaxConnections, MaxWaiting: s.MaxWaiting, Room: s.room,
			Shares: admission.Amounts{
				BytesPerAddress: int64(s.BytesPerAddress), MessagesPerAddress: int64(s.MessagesPerAddress),
				BytesPerChat: int64(s.BytesPerChat), MessagesPerChat: int64(s.MessagesPerChat), ReadPerAddress: int64(s.ReadPerAddress),
				FilesPerAddress: int64(s.FileBytesPerAddress), FilesPerChat: int64(s.FileBytesPerChat),
			},
			Files: files.Rules{On: s.Files, Size: int64(s.FileSize), Count: s.FileCount, Kinds: s.Kinds()}, FileScan: scan,
			DrainTime: s.DrainTime, Metrics: s.metrics, Tracer: s.tracer, Version: s.version, Log: s.log,
			Waiting: s.health.Waits, KeepPassword: keep,
			Started: func(madeUp string) {
				s.health.Began(g.Ready)
				first := announced(madeUp)
				first.set = s.AdminPassword != ""
				announce(os.Stdout, s.LogFormat, s.front.Addr(), s.site, first)
				if s.site.URL() == "" && !s.site.Local() {
					s.log.Warn().Msg("PUBLIC_URL is not set: any host name is accepted, and cookies are for TLS only if a trusted proxy says that browsers use it; set PUBLIC_URL to the address that people use, such as https://chat.example.org")
				}
				for _, wide := range []string{limit.AnyOrigin, limit.NoOrigin} {
					if slices.Contains(s.origins, wide) {
						s.log.Warn().Msgf("ALLOWED_ORIGINS has %s: pages of every site may open chats here%s", wide, map[string]string{limit.NoOrigin: ", since every site can make a frame without an origin of its own"}[wide])
					}
				}
				s.runs()
			},
		}, conn)
		return unit{run: g.Run}, nil
	}, nil
}

func prepareBotworker(ctx context.Context, s *system) (starter, error) {
	opening, err := s.openPages(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.model(); err != nil {
		return nil, err
	}
	return func(_ context.Context, s *system, conn *bus.Conn) (unit, error) {
		opts := botworker.Options{Name: s.BotName, Site: s.BotKnowledgeURL, IdleLimit: s.IdleLimit, DrainTime: s.DrainTime, Version: s.version, Metrics: s.registerer(), Tracer: s.tracer, Log: s.log}
		client, err := s.model()
		if err != nil {
			return unit{}, err
		}
		if opts.Mask, err = s.MaskRules(); err != nil {
			return unit{}, err
		}
		var counting *meter.Meter // none without a model: then there is nothing to count
		var asked *askedModel
		if client == nil {
			opts.Workers = botworker.Quoting
		} else {
			ceilings := s.Ceilings()
			opts.Ceilings = &ceilings
			counting = meter.New(meter.Options{Ceilings: ceilings, Metrics: s.registerer(), Log: s.log}, conn)
			asked = newAskedModel(s, client, counting)
			opts.Trouble = asked.trouble
			opts.Turns = 20
		}
		run := func(ctx context.Context) error {
			pages, err := opening.wait(ctx)
			if ctx.Err() != nil {
				return nil // nothing was begun
			}
			if err != nil {
				return err
			}
			pages.Register(s.registerer())
			thinker := answer.FromKnowledge(pages)
			if asked != nil {
				thinker = asked.thinker(pages)
			}
			worker := botworker.New(opts, conn, thinker)
			defer follow(ctx, pages, knowledge.LookEvery, s.log)()
			if counting != nil {
				defer counting.Close()
				defer asked.check(ctx)()
			}
			s.runs()
			return worker.Run(ctx)
		}
		ready := func() error {
			if err := opening.ready(); err != nil {
				return err
			}
			return conn.Ready()
		}
		return unit{run, ready}, nil
	}, nil
}

// model returns a client for the language model, or nil if none is set. A client made
// after the metrics are set up registers its own, so there can be only one such client.
func (s *system) model() (*llm.Client, error) {
	if s.LLMURL == "" {
		return nil, nil
	}
	client, err := llm.New(llm.Config{
		URL: s.LLMURL, Key: s.LLMKey, Model: s.LLMModel, FirstWord: s.LLMFirstWord, Whole: !s.LLMLive,
		Metrics: s.registerer(), Tracer: s.tracer, Log: s.log,
	})
	if err != nil {
		// The other settings were checked before.
		return nil, fmt.Errorf("LLM_MODEL: %w", err)
	}
	return client, nil
}

func prepareEscalation(context.Context, *system) (starter, error) {
	return func(_ context.Context, s *system, conn *bus.Conn) (unit, error) {
		worker, err := escalation.New(escalation.Options{
			WaitLimit: s.WaitLimit, AnswerLimit: s.AnswerLimit, IdleLimit: s.IdleLimit, AutoAssign: s.Assign == "auto", Capacity: s.AgentCapacity,
			MaxWaiting: s.MaxWaiting, WaitingPerAddress: s.WaitingPerAddress, BotName: s.BotName,
			Version: s.version, Metrics: s.registerer(), Started: s.runs, Log: s.log,
		}, conn)
		if err != nil {
			return unit{}, err
		}
		return unit{worker.Run, worker.Ready}, nil
	}, nil
}
