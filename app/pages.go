package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/knowledge"
)

// pages opens the pages that the bot answers from, and logs what is known of them.
func (s *system) pages(ctx context.Context) (*knowledge.Folder, error) {
	var folder *knowledge.Folder
	var err error
	if s.BotKnowledge == "" {
		folder, err = knowledge.OpenBuiltin(ctx)
	} else {
		folder, err = knowledge.OpenFolder(ctx, s.BotKnowledge)
	}
	if err != nil {
		return nil, fmt.Errorf("BOT_KNOWLEDGE: %w", err)
	}
	logPages(s.log, folder.Current(), "the bot answers from these pages")
	return folder, nil
}

func logPages(log zerolog.Logger, ix *knowledge.Index, message string) {
	for _, w := range ix.Warnings() {
		log.Warn().Msg("BOT_KNOWLEDGE: " + w)
	}
	log.Info().Int("pages", ix.Pages()).Int("passages", ix.Passages()).Str("language", string(ix.Language())).Msg(message)
}

// follow reads the folder again whenever it has changed, until stop is called, which waits
// for the end of that.
func follow(ctx context.Context, folder *knowledge.Folder, every time.Duration, log zerolog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		folder.Follow(ctx, every, func(err error) {
			if err != nil {
				log.Warn().Err(err).Int("pages", folder.Current().Pages()).Msg("BOT_KNOWLEDGE: the folder has changed, but can't be used as it is now; the bot answers from the pages that it had until that is mended")
				return
			}
			logPages(log, folder.Current(), "the folder has changed: the bot answers from these pages now")
		})
	})
	return func() {
		cancel()
		wg.Wait()
	}
}
