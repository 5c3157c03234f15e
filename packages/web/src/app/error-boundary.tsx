import { Component, type ComponentChildren } from 'preact';
import { t } from '../i18n';
import { Button } from '../ui/button';
import { Empty } from '../ui/empty';
import { TriangleAlert } from '../ui/icons';

interface Props {
  /** Something else is shown: what failed before may work there. */
  resetKey: string;
  /** What stands in its place, where a word to the whole page would be too much. */
  instead?: ComponentChildren;
  children: ComponentChildren;
}

interface State {
  fault: unknown;
  at: string;
}

/** Keeps a fault of one part from taking the rest along. What waits to be sent is not touched. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { fault: undefined, at: '' };

  override componentDidCatch(fault: unknown): void {
    console.error('Confab:', fault);
    this.setState({ fault: fault ?? new Error('unknown'), at: this.props.resetKey });
  }

  override render({ resetKey, instead, children }: Props, { fault, at }: State) {
    if (fault === undefined || at !== resetKey) return children;
    if (instead !== undefined) return instead;
    return (
      <Empty icon={TriangleAlert} title={t('common.crashed')}>
        <p>{t('common.crashedHint')}</p>
        <Button kind="primary" onClick={() => location.reload()}>
          {t('common.reload')}
        </Button>
      </Empty>
    );
  }
}
