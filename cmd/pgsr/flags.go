package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/spec"
)

// The names of flags that more than one file needs.
const (
	flagDatabaseURL      = "database-url"
	flagFile             = "file"
	flagRole             = "role"
	flagMissing          = "missing"
	flagMode             = "mode"
	flagAllowLockout     = "allow-lockout"
	flagMaxRevokes       = "max-revokes"
	flagReassignTo       = "reassign-to"
	flagTrustCode        = "trust-code"
	flagLockTimeout      = "lock-timeout"
	flagStatementTimeout = "statement-timeout"
	flagYes              = "yes"
	flagFormat           = "format"
	flagOutput           = "output"
	flagPasswords        = "passwords"
	flagPlan             = "plan"
	flagDigest           = "digest"
	flagRollback         = "rollback"
	flagSingle           = "single-transaction"
	flagLedgerOwner      = "ledger-owner"
	flagNoLedger         = "no-ledger"
	flagAllowCommands    = "allow-commands"
)

// defaultFile is read when no -f is given.
const defaultFile = "pgsr.yaml"

// No flag reads the environment by way of urfave/cli: what it knows, its generated texts may show, passwords included.

func connectionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{
			Name:  flagDatabaseURL,
			Usage: "connect to `URL`, or to what key=value words say. Others on this machine can see a password in it; a file that PGPASSFILE names keeps it from them",
		},
	}
}

// boolFlag is one without a value, and with nothing to say of what it is by default.
func boolFlag(name, usage string, aliases ...string) cli.Flag {
	return &cli.BoolFlag{Name: name, Aliases: aliases, DisableDefaultText: true, Usage: usage}
}

func fileFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name: flagFile, Aliases: []string{"f"}, KeepSpace: true, DefaultText: defaultFile,
		Usage: "read the spec from `FILE`, - for stdin; repeat it for several files, which together are the spec",
	}
}

func roleFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name: flagRole, KeepSpace: true,
		Usage: "only this `ROLE` of the spec; repeat it for several",
	}
}

func specFlags() []cli.Flag {
	return []cli.Flag{
		fileFlag(),
		roleFlag(),
		&cli.StringFlag{
			Name: flagMissing, DefaultText: "what the spec says: refuse, if it says nothing",
			Usage:  "what to do, `refuse|warn`, when the spec names what does not exist: warn leaves it out, creates roles that only member_of names, and passes over those that only members names",
			Action: oneOf(flagMissing, string(spec.RefuseMissing), string(spec.WarnOfMissing)),
		},
		&cli.StringFlag{
			Name: flagMode, DefaultText: "what the spec says: sync, if it says nothing",
			Usage:  "`sync|add`: add gives what the spec says and takes nothing away, and lists what sync would take",
			Action: oneOf(flagMode, string(spec.ModeSync), string(spec.ModeAdd)),
		},
		boolFlag(flagAllowLockout, "let the connecting role lose what it works with, which is refused otherwise: a warning says what that is"),
		endsWithinFlag(),
		&cli.StringFlag{
			Name: flagReassignTo, DefaultText: "the connecting role",
			Usage: "give what a role owns and its list of what it owns leaves out to `ROLE`",
		},
		boolFlag(flagTrustCode, "let views, and what else runs with its owner's rights, go to a role that can do more than the old owner and that --reassign-to or owns names"),
	}
}

func timeoutFlags() []cli.Flag {
	return []cli.Flag{
		timeoutFlag(flagLockTimeout, "give up after waiting for a lock for `TIME`: 5s, 500ms, 2min, or a number of milliseconds"),
		timeoutFlag(flagStatementTimeout, "give up when a statement takes longer than `TIME`"),
	}
}

// ledgerOwnerFlag names who may make code run in the name of all who apply: that is not for a file to say.
func ledgerOwnerFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name: flagLedgerOwner, KeepSpace: true, DefaultText: "the connecting role and the one that made the cluster",
		Usage: "trust a ledger that belongs to `ROLE`, too; repeat it for several",
	}
}

func ledgerFlags() []cli.Flag {
	return []cli.Flag{ledgerOwnerFlag(), boolFlag(flagNoLedger, "leave the ledger out: it is neither looked at nor written")}
}

func yesFlag() cli.Flag {
	return boolFlag(flagYes, "do not ask, also when a person is at the terminal", "y")
}

// maxRevokesFlag has no value unless one is given: 0 allows nothing.
func maxRevokesFlag() cli.Flag {
	return &cli.IntFlag{
		Name: flagMaxRevokes, DefaultText: "any number",
		Usage: "refuse a plan after which roles have lost more than `N` things in the end: privileges on objects, memberships, ownerships, logins, attributes. What they come to have in another way is not lost",
		Action: func(c *cli.Context, n int) error {
			if n < 0 {
				return usageError(c, "flag %s takes no negative number: write 0 to allow nothing", dashed(flagMaxRevokes))
			}
			return nil
		},
	}
}

// maxRevokes is nil where no number is given.
func maxRevokes(c *cli.Context) *int {
	if !c.IsSet(flagMaxRevokes) {
		return nil
	}
	n := c.Int(flagMaxRevokes)
	return &n
}

func singleFlag() cli.Flag {
	return boolFlag(flagSingle, "refuse what would take several transactions, because one would take more locks than the server has room for")
}

// allowCommandsFlag lets a spec run programs, which is not for a file to say.
func allowCommandsFlag() cli.Flag {
	return boolFlag(flagAllowCommands, "run the programs that the spec takes passwords from (password: {command: [...]}): what they do, whoever may write the spec can make this account do")
}

// choice is a flag that takes one of some words, the first of them if it is not given.
func choice(name, usage string, words ...string) cli.Flag {
	return &cli.StringFlag{
		Name: name, Value: words[0], Usage: fmt.Sprintf("%s: `%s`", usage, strings.Join(words, "|")), Action: oneOf(name, words...),
	}
}

// oneOf refuses what is none of some words.
func oneOf(name string, words ...string) func(*cli.Context, string) error {
	return func(c *cli.Context, given string) error {
		if slices.Contains(words, given) {
			return nil
		}
		meant := ""
		if near := spec.Nearest(given, words); len(near) > 0 {
			meant = " (did you mean " + near[0] + "?)"
		}
		return usageError(c, "flag %s does not take %s: write %s%s", dashed(name), shown(given), strings.Join(words, " or "), meant)
	}
}

// options are what the flags say about planning and applying. A command without a flag has its default.
func (p *program) options(c *cli.Context, m *meter) executor.Options {
	return executor.Options{
		As:                c.String(flagAs),
		ReassignTo:        c.String(flagReassignTo),
		Missing:           spec.WhenMissing(c.String(flagMissing)),
		Mode:              spec.Mode(c.String(flagMode)),
		AllowLockout:      c.Bool(flagAllowLockout),
		MaxRevokes:        maxRevokes(c),
		TrustCode:         c.Bool(flagTrustCode),
		EndsWithin:        given(c, flagEndsWithin),
		LockTimeout:       given(c, flagLockTimeout),
		StatementTimeout:  given(c, flagStatementTimeout),
		SingleTransaction: c.Bool(flagSingle),
		Parallel:          c.Int(flagParallel),
		LedgerOwners:      c.StringSlice(flagLedgerOwner),
		NoLedger:          c.Bool(flagNoLedger),
		Logger:            logger(m),
		Progress: func(now executor.Progress) {
			m.tell(now)
			p.unfinished.note(func() { p.unfinished.committing = now.Doing == executor.Committing })
		},
		Version: version(),
		Effect:  c.Bool(flagEffect) || showsEffect(c),
	}
}
