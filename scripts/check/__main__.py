from scripts.check.command import main

raise SystemExit(main())
