// This file exists only because no image can be pulled on some machines.

package standin

import "context"

// nats is the nats-server in Parley's go.mod, with a shell and wget as in the alpine
// image.
func (m *Maker) nats(ctx context.Context, image string) (string, error) {
	program, err := m.build(ctx, ".", "github.com/nats-io/nats-server/v2", "nats-server")
	if err != nil {
		return "", err
	}
	err = m.imported(ctx, image, nil, func(f *files) { f.copy(program, "usr/local/bin/nats-server", 0o755) })
	return "nats-server built from the Go module that Parley embeds, and busybox", err
}

// The stand-in's commands replace those in MongoDB's image.
const (
	bash = "#!/bin/sh\nexec /bin/sh \"$@\"\n"

	// As the start script calls it: -m MODE FROM TO.
	install = "#!/bin/sh\nset -e\ncp \"$3\" \"$4\"\nchmod \"$2\" \"$4\"\n"

	entrypoint = `#!/bin/sh
echo "stand-in for MongoDB: FerretDB without users, without a replica set; ignored: $*"
unset MONGO_INITDB_ROOT_PASSWORD
exec /usr/local/bin/ferret -addr 0.0.0.0:27017 -dir /data/db
`
	// Healthy if the server accepts connections; a script is treated as run.
	mongosh = `#!/bin/sh
echo "stand-in for mongosh: it only asks whether somebody listens"
exec nc -w 2 127.0.0.1 27017 </dev/null
`
)

// mongo is FerretDB behind the commands that compose's start script calls.
func (m *Maker) mongo(ctx context.Context, image string) (string, error) {
	program, err := m.build(ctx, "pkg/store/mongostore/ferrettest", "./cmd/ferret", "ferret")
	if err != nil {
		return "", err
	}
	refuser, err := m.build(ctx, "test/compose", "./cmd/refuser", "refuser")
	if err != nil {
		return "", err
	}
	err = m.imported(ctx, image, []string{"VOLUME /data/db"}, func(f *files) {
		f.dir("data/db", 0o755, 999)
		f.dir("data/configdb", 0o755, 999)
		f.copy(program, "usr/local/bin/ferret", 0o755)
		f.copy(refuser, "usr/local/bin/refuser", 0o755)
		f.text("bin/bash", bash, 0o755)
		f.text("usr/local/bin/install", install, 0o755)
		f.text("usr/local/bin/docker-entrypoint.sh", entrypoint, 0o755)
		f.text("usr/local/bin/mongosh", mongosh, 0o755)
	})
	return "FerretDB on SQLite, the MongoDB-compatible server of Parley's tests. It has no users and no replica set: the password in MONGO_URL is left out, and k8s/base/mongo/init.js is not run", err
}
