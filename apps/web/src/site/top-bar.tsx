import Link from 'next/link'
import { Logo } from './logo.js'
import { NavLinks } from './nav-links.js'
import { Search } from './search.js'
import { ThemeToggle } from './theme-toggle.js'
import styles from './top-bar.module.css'

/** The bar on top of every page. */
export const TopBar = () => (
  <header className={styles.bar}>
    <Link className={styles.home} href="/" aria-label="Tapeloop, home">
      <Logo />
      <span className={styles.name}>Tapeloop</span>
    </Link>
    <NavLinks />
    <div className={styles.tools}>
      <Search />
      <ThemeToggle />
    </div>
  </header>
)
