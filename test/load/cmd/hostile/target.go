package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/parley-chat/parley/test/load/internal/model"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// adminPassword is the password of the accounts of a Parley that we start.
const adminPassword = "nine hostile strangers"

// target is the Parley that is attacked.
type target struct {
	base      string
	forwarded bool          // addresses are chosen by X-Forwarded-For
	password  string        // of the user admin; empty if it is not known
	model     *model.Server // what its bot asks; nil if it asks none, or one that is not ours
}

// start starts Parley with its default settings and those that the attack needs, on an
// empty folder and a free port. The caller calls end.
func start(ctx context.Context, program string, a attack) (t *target, end func() error, err error) {
	dir, err := os.MkdirTemp("", "parley-hostile-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder: %w", err)
	}
	t = &target{password: adminPassword}
	env := append([]string{"DATA_DIR=" + dir, "TRUSTED_PROXIES=127.0.0.1/32", "ADMIN_PASSWORD=" + adminPassword, "LOG_LEVEL=error", "LOG_FORMAT=json"}, a.env...)
	if a.thinks > 0 {
		if t.model, err = model.Start(a.thinks); err != nil {
			return nil, nil, err
		}
		env = append(env, "LLM_URL="+t.model.URL(), "LLM_MODEL="+model.Name)
	}
	var process *proc.Process
	end = func() error {
		defer func() { _ = os.RemoveAll(dir) }()
		var died error
		if process != nil {
			if process.Died() {
				died = fmt.Errorf("parley died:\n%s", process.Tail())
			}
			process.Stop(20 * time.Second)
		}
		if t.model != nil {
			_ = t.model.Close()
		}
		return died
	}
	process, t.base, err = proc.StartGateway(ctx, proc.Spec{Name: "parley", Path: program, Dir: dir, Env: env})
	if err != nil {
		_ = end()
		return nil, nil, err
	}
	return t, end, nil
}
