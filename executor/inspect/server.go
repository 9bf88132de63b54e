package inspect

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// serverKey is the key under which a connection keeps what never changes of its server.
const serverKey = "pgsr.server"

// isSuperuser tells whether a superuser asks, as the server says unasked:
// https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-ASYNC
func (i *inspection) isSuperuser() bool { return isSuperuser(i.conn) }

func isSuperuser(conn *pgx.Conn) bool { return conn.PgConn().ParameterStatus("is_superuser") == "on" }

// askServer asks what server this is and as whom it is read. What never changes is asked once for each session.
func (i *inspection) askServer() []wire.Query { return append(i.askNewServer(), i.askSession()) }

func (i *inspection) askNewServer() []wire.Query {
	data := i.conn.PgConn().CustomData()
	if known, is := data[serverKey].(catalog.Server); is {
		i.catalog.Server = known
		return nil
	}
	return []wire.Query{
		{Doing: "reading the server's settings", SQL: gen.Server, Read: i.readServer},
		{Doing: "reading default privileges", SQL: gen.Defaults, Args: []any{letters(wire.Major(i.conn))}, Read: func(rows pgx.Rows) error {
			err := i.readDefaults(rows)
			if err == nil && wire.Prepares(i.conn) { // else the session may be another one next time
				data[serverKey] = i.catalog.Server
			}
			return err
		}},
	}
}

// askSession asks for what may have changed.
func (i *inspection) askSession() wire.Query {
	var row gen.SessionRow
	query := wire.AsWhom(&row)
	read := query.Read
	query.Read = func(rows pgx.Rows) error {
		err := read(rows)
		s := &i.catalog.Server
		s.CurrentUser, s.SessionUser, s.Bootstrap = row.CurrentUserName, row.SessionUserName, row.Bootstrap
		s.SelfGrant, i.catalog.Moment = SelfGrant(row.SelfGrant), row.Moment.Time
		if as := i.scope.As; !as.IsSession() {
			s.CurrentUser, s.SessionUser, s.SelfGrant = as.CurrentUser, as.SessionUser, as.SelfGrant
		}
		return err
	}
	return query
}

// acting is the role whose rights count, where that is not the session's; else NULL.
func (i *inspection) acting() pgtype.Text { return wire.OrNull(i.scope.As.CurrentUser) }

// SelfGrant reads createrole_self_grant.
func SelfGrant(setting string) catalog.SelfGrant {
	setting = strings.ToLower(setting)
	return catalog.SelfGrant{Inherit: strings.Contains(setting, "inherit"), Set: strings.Contains(setting, "set")}
}

func (i *inspection) readServer(rows pgx.Rows) error {
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.ServerRow])
	i.catalog.Server = catalog.Server{
		VersionNum:       int(s.VersionNum),
		SystemIdentifier: s.SystemIdentifier,
		Database:         s.Database,
		DatabaseOID:      s.DatabaseOid,
		Locks:            catalog.LockTable{PerTransaction: int(s.LocksPerTransaction), Transactions: int(s.LockTransactions)},
	}
	return err
}

// letters are what acldefault() takes for each kind on a server of a major version.
func letters(major int) []string {
	var all []string
	for _, kind := range catalog.Kinds() {
		if kind.From <= major {
			all = append(all, kind.Default)
		}
	}
	for _, kind := range catalog.FutureKinds() {
		if !slices.Contains(all, kind.Default) {
			all = append(all, kind.Default)
		}
	}
	return all
}

func (i *inspection) readDefaults(rows pgx.Rows) error {
	byLetter := map[string][]catalog.Item{}
	err := wire.EachRow(func(row gen.DefaultsRow) {
		item := catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: catalog.Privilege(row.Privilege), Grantable: row.Grantable}
		if row.ToOwner {
			item.Grantee = catalog.Owner
		}
		byLetter[row.Letter] = append(byLetter[row.Letter], item)
	})(rows)
	i.catalog.Server.Defaults = map[catalog.Kind]catalog.ACL{}
	for _, kind := range catalog.Kinds() {
		i.catalog.Server.Defaults[kind.Kind] = catalog.NewACL(byLetter[kind.Default]...)
	}
	for _, kind := range catalog.FutureKinds() {
		i.catalog.Server.Defaults[kind.Of] = catalog.NewACL(byLetter[kind.Default]...)
	}
	return err
}
