from scripts.release.command import main

raise SystemExit(main())
