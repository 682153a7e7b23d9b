// Creates the replica set and Parley's user. Run by the Job mongo-init; whatever exists
// is left as it is, except Parley's password.
const members = process.env.MONGO_MEMBERS.split(",").map((host, i) => ({ _id: i, host }));

// Members start at about the same time as this Job: a refused attempt is made again.
function patiently(what, attempt) {
  for (let left = 90; ; left--) {
    try {
      return attempt();
    } catch (e) {
      if (left === 0) throw e;
      print(`${what}: ${e.message}; again in 2 s`);
      sleep(2000);
    }
  }
}

patiently("make the replica set", () => {
  try {
    rs.status();
  } catch (e) {
    if (e.codeName !== "NotYetInitialized") throw e;
    rs.initiate({ _id: "parley", members });
  }
});

// Users are written on the primary, which may be another member by now.
const uri = `mongodb://root:${encodeURIComponent(process.env.ROOT_PASSWORD)}@${process.env.MONGO_MEMBERS}/admin?replicaSet=parley`;
patiently("make Parley's user", () => {
  const db = new Mongo(uri).getDB("parley");
  const user = { pwd: process.env.PARLEY_PASSWORD, roles: [{ role: "readWrite", db: "parley" }] };
  if (db.getUser("parley") === null) {
    db.createUser({ user: "parley", ...user });
  } else {
    db.updateUser("parley", user);
  }
});
print("MongoDB is set up.");
